import * as z from 'zod';
import { messageOf } from '../../../base/thrown.ts';
import { HealerError } from '../../../protocol/errors.ts';
import type { HttpRoute } from '../../../protocol/methods/http-routes.ts';
import { type MethodName, METHODS } from '../../../protocol/methods/methods.ts';
import { isRecord } from '../../../protocol/rpc.ts';

type Fields = Readonly<Record<string, unknown>>;

interface HttpInput {
  /** Decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Null if the request has none. */
  readonly body: string | null;
}

/**
 * Returns the parameters of a method from the path, the query and the body of a request. They are not validated yet, but
 * values in the query are converted to the type of their parameter: number, boolean or list.
 * @throws HealerError INVALID_CONFIG for a body that is not a JSON object, or for a parameter given more than once
 */
export function paramsOf(method: MethodName, route: HttpRoute, { path, query, body }: HttpInput): Fields {
  const inQuery = queryFields(method, query);
  const inBody = body === null ? {} : bodyFields(route, body);
  const parts = [path, inQuery, inBody].flatMap((fields) => Object.keys(fields));
  const repeated = parts.find((name, index) => parts.indexOf(name) !== index);
  if (repeated !== undefined) throw invalid(`"${repeated}" is given more than once in the path, the query or the body`);
  return { ...inBody, ...inQuery, ...path };
}

function bodyFields({ body: whole }: HttpRoute, text: string): Fields {
  const value = parseJson(text);
  if (!isRecord(value)) throw invalid('the body must be a JSON object');
  return whole === undefined ? value : { [whole]: value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`the body is not JSON: ${messageOf(error)}`);
  }
}

/** Returns the parameters in a query, converted to the types of the parameters of a method. */
export function queryFields(method: MethodName, query: URLSearchParams): Fields {
  const names = new Set(query.keys());
  const { properties = {} } = schemaOf(method);
  return Object.fromEntries([...names].map((name) => [name, readQuery(query.getAll(name), properties[name])]));
}

/** A value that does not match its type is returned unchanged; validation against the schema then reports it. */
function readQuery(values: readonly string[], shape: unknown): unknown {
  const { type, items } = isRecord(shape) ? shape : {};
  if (type === 'array') return values.flatMap((value) => value.split(',')).map((value) => readQuery([value], items));
  const [text = ''] = values;
  if (values.length > 1) return values;
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return BOOLEANS.get(text) ?? text;
  return text;
}

/** A parameter without a value, as in `?follow`, is true. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['', true],
]);

const schemas = new Map<MethodName, z.core.JSONSchema.BaseSchema>();

function schemaOf(method: MethodName): z.core.JSONSchema.BaseSchema {
  const known = schemas.get(method);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(METHODS[method].params, { io: 'input', unrepresentable: 'any' });
  schemas.set(method, schema);
  return schema;
}

function invalid(message: string): HealerError {
  return new HealerError('INVALID_CONFIG', message);
}
