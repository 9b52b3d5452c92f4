import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';

interface Response {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { operationId?: string; responses: Readonly<Record<string, Response>> }>>>
  >;
  readonly components: object;
}

const { paths, components } = JSON.parse(
  readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
) as Document;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'api', components });
const responses = new Map(
  Object.values(paths).flatMap((verbs) =>
    Object.values(verbs).map((operation) => [operation.operationId ?? '', operation.responses] as const),
  ),
);
const known = new Map<object, ValidateFunction>();

/** Returns why a response does not match the OpenAPI document; null if it does, or if its body is not JSON by design. */
export function responseProblem(operationId: string, status: number, body: string): string | null {
  const response = responses.get(operationId)?.[String(status)];
  if (response === undefined) return `the status ${String(status)} of "${operationId}" is not documented`;
  const schema = response.content?.['application/json']?.schema;
  if (schema === undefined) return null;
  const validate = known.get(schema) ?? compile(schema);
  return validate(JSON.parse(body)) ? null : `"${operationId}": ${JSON.stringify(validate.errors)}`;
}

function compile(schema: object): ValidateFunction {
  const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object);
  known.set(schema, validate);
  return validate;
}
