import * as z from 'zod';
import { messageOf } from '../../../base/thrown.ts';
import { HealerError } from '../../../protocol/errors.ts';
import type { HttpRoute } from '../../../protocol/methods/http-routes.ts';
import { type MethodName, METHODS } from '../../../protocol/methods/methods.ts';
import { isRecord } from '../../../protocol/rpc.ts';

type Fields = Readonly<Record<string, unknown>>;

interface HttpInput {
  /** Of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Null without one. */
  readonly body: string | null;
}

/**
 * The parameters of a method as a request has them: from its path, its query and its body. They are not validated yet,
 * except that a query becomes what its parameter is: numbers, yes or no, lists.
 * @throws HealerError INVALID_CONFIG for a body that is no JSON object, or for a parameter that is given twice
 */
export function paramsOf(method: MethodName, route: HttpRoute, { path, query, body }: HttpInput): Fields {
  const asked = queryFields(method, query);
  const sent = body === null ? {} : bodyFields(route, body);
  const parts = [path, asked, sent].flatMap((fields) => Object.keys(fields));
  const twice = parts.find((name, index) => parts.indexOf(name) !== index);
  if (twice !== undefined) throw unfit(`"${twice}" is given twice, in the path, the query or the body`);
  return { ...sent, ...asked, ...path };
}

function bodyFields({ body: whole }: HttpRoute, text: string): Fields {
  const value = parseJson(text);
  if (!isRecord(value)) throw unfit('the body has to be a JSON object');
  return whole === undefined ? value : { [whole]: value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unfit(`the body is not JSON: ${messageOf(error)}`);
  }
}

function queryFields(method: MethodName, query: URLSearchParams): Fields {
  const names = new Set(query.keys());
  const { properties = {} } = schemaOf(method);
  return Object.fromEntries([...names].map((name) => [name, readQuery(query.getAll(name), properties[name])]));
}

/** What does not look like its type is left as it is: the schema says what is wrong with it. */
function readQuery(values: readonly string[], shape: unknown): unknown {
  const { type, items } = isRecord(shape) ? shape : {};
  if (type === 'array') return values.flatMap((value) => value.split(',')).map((value) => readQuery([value], items));
  const [text = ''] = values;
  if (values.length > 1) return values;
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return { true: true, false: false, '': true }[text] ?? text;
  return text;
}

const schemas = new Map<MethodName, z.core.JSONSchema.BaseSchema>();

function schemaOf(method: MethodName): z.core.JSONSchema.BaseSchema {
  const known = schemas.get(method);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(METHODS[method].params, { io: 'input', unrepresentable: 'any' });
  schemas.set(method, schema);
  return schema;
}

function unfit(message: string): HealerError {
  return new HealerError('INVALID_CONFIG', message);
}
