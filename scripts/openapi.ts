import * as z from 'zod';
import manifest from '../package.json' with { type: 'json' };
import { fieldSchemaOf } from '../src/config/reading/field-schema.ts';
import { REMOTE_SETTINGS } from '../src/config/registry/remote-settings.ts';
import { ERROR_CATALOG, type ErrorCode } from '../src/protocol/errors.ts';
import { HTTP_ROUTES, type HttpRoute, routeOf, STREAM_ROUTES } from '../src/protocol/methods/http-routes.ts';
import { CONFIG_SECTIONS } from '../src/protocol/config-section.ts';
import { type ApiMethod, METHODS, type MethodName } from '../src/protocol/methods/methods.ts';
import type { NotificationName } from '../src/protocol/notifications.ts';
import { partialSpecSchema, processSpecSchema } from '../src/protocol/process-spec.ts';
import { resultSchemasOf, type Schema } from './result-schemas.ts';

type Operation = Readonly<Record<string, unknown>>;
type Paths = Record<string, Record<string, Operation>>;

const JSON_TYPE = 'application/json';
const ERROR = { $ref: '#/components/schemas/Error' };
/** Errors that any request may return. */
const COMMON_ERRORS: readonly ErrorCode[] = [
  'INVALID_CONFIG',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'TOO_LARGE',
  'TOO_MANY_REQUESTS',
  'IO_ERROR',
  'INTERNAL',
];
const ABOUT_ONE: readonly ErrorCode[] = ['PROCESS_NOT_FOUND'];
/** Parameters that name a program or a process, which may not exist. */
const NAMING: readonly string[] = ['id', 'select', 'pid'];
const CHANGING: readonly ErrorCode[] = ['INVALID_STATE', 'TOO_LARGE', 'TIMEOUT'];
/** Errors of single methods besides those of their kind. */
const FURTHER: Partial<Record<ApiMethod, readonly ErrorCode[]>> = {
  track: ['PLATFORM_NOT_SUPPORTED'],
  add: ['ALREADY_EXISTS', 'NOT_ALLOWED_EXECUTABLE', 'SPAWN_FAILED'],
  update: ['NOT_ALLOWED_EXECUTABLE', 'SPAWN_FAILED'],
  start: ['ALREADY_RUNNING', 'PROCESS_DISABLED', 'NOT_ALLOWED_EXECUTABLE', 'SPAWN_FAILED'],
  restart: ['PROCESS_DISABLED', 'NOT_ALLOWED_EXECUTABLE', 'SPAWN_FAILED', 'TERMINATE_FAILED'],
  enable: ['NOT_ALLOWED_EXECUTABLE', 'SPAWN_FAILED'],
  stop: ['TERMINATE_FAILED'],
  kill: ['TERMINATE_FAILED'],
  disable: ['TERMINATE_FAILED'],
  remove: ['TERMINATE_FAILED'],
  pause: ['PLATFORM_NOT_SUPPORTED'],
  resume: ['PLATFORM_NOT_SUPPORTED'],
};

/** Returns the OpenAPI document of the remote API, from the table of methods, their routes, the error codes and the types. */
export function openApiDocument(root: string): Schema {
  const { results, components } = resultSchemasOf(`${root}/src/protocol/methods/methods.ts`, 'EngineApi');
  const paths: Paths = {};
  for (const method of Object.keys(HTTP_ROUTES) as ApiMethod[]) addMethod(paths, method, results.get(method) ?? {});
  addStream(paths, 'snapshot', 'subscribeSnapshot');
  addStream(paths, 'events', 'subscribeEvents');
  describeFollowing(paths);
  addPlain(paths, '/metrics', 'Get metrics in the Prometheus text format', 'text/plain', { type: 'string' });
  addPlain(paths, '/openapi.json', 'Get this OpenAPI document', JSON_TYPE, { type: 'object' });
  return {
    openapi: '3.1.0',
    info: {
      title: 'healer',
      version: manifest.version,
      description: manifest.description,
      license: { name: manifest.license, identifier: manifest.license },
    },
    servers: [{ url: 'http://127.0.0.1:19881' }],
    security: [{}, { token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { ...components, Error: errorSchema() },
    },
  };
}

function addMethod(paths: Paths, method: ApiMethod, result: Schema): void {
  const route = routeOf(method);
  const { summary, access } = METHODS[method];
  const input = inputSchema(method);
  const success = String(route.success ?? 200);
  const about = NAMING.some((name) => name in input.properties) ? ABOUT_ONE : [];
  const errors = [
    ...new Set<ErrorCode>([
      ...COMMON_ERRORS,
      ...about,
      ...(access === 'read' ? [] : CHANGING),
      ...(FURTHER[method] ?? []),
    ]),
  ];
  put(paths, route.path, route.verb, {
    operationId: method,
    summary,
    description: whoMay(route, access),
    parameters: parametersOf(route, input),
    ...bodyOf(route, input, method),
    responses: { [success]: content('The result', JSON_TYPE, result), ...errorResponses(errors) },
  });
}

function whoMay({ needs, needsIfActive = [], note }: HttpRoute, access: string): string {
  if (access === 'read') return 'Available to every caller.';
  if (needs === undefined) return 'Available to trusted hosts only.';
  const ifActive = needsIfActive.length === 0 ? '' : `, and ${needsIfActive.join(' and ')} if the program is active`;
  const sentence = `Requires ${needs.join(' and ')}${ifActive}, unless the caller is trusted.`;
  return note === undefined ? sentence : `${sentence} ${note}`;
}

interface Input {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
}

function inputSchema(method: MethodName): Input {
  const schema = z.toJSONSchema(METHODS[method].params, { io: 'input', unrepresentable: 'any' });
  const properties = Object.entries(schema.properties ?? {}).map(([name, shape]) => [name, anyJson(shape)] as const);
  return { properties: Object.fromEntries(properties), required: schema.required ?? [] };
}

/** Replaces the recursive schema of arbitrary JSON values by an empty schema, which has the same meaning. */
function anyJson(shape: unknown): Schema {
  const isAny = (value: unknown): boolean => JSON.stringify(value).includes('"#/$defs/');
  return isAny(shape) ? {} : (shape as Schema);
}

function parametersOf({ path, verb, body }: HttpRoute, { properties, required }: Input): readonly Schema[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const hasQuery = verb === 'GET' || verb === 'DELETE' || body !== undefined;
  const inQuery = hasQuery ? Object.keys(properties).filter((name) => !inPath.includes(name) && name !== body) : [];
  return [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] ?? {} })),
    ...inQuery.map((name) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema: properties[name] ?? {},
    })),
  ];
}

/** Schemas for parameters that are validated by code instead of zod. */
const BODIES: Readonly<Record<string, () => unknown>> = {
  definition: () => fieldSchemaOf(processSpecSchema),
  changes: () => fieldSchemaOf(partialSpecSchema),
  content: () => ({
    anyOf: CONFIG_SECTIONS.map((section) => ({ title: section, ...fieldSchemaOf(REMOTE_SETTINGS[section].schema) })),
  }),
};

function bodyOf(
  { verb, path, body, localOnly = [] }: HttpRoute,
  { properties, required }: Input,
  method: string,
): Operation {
  if (verb === 'GET' || verb === 'DELETE') return {};
  const isElsewhere = (name: string): boolean => path.includes(`{${name}}`) || localOnly.includes(name);
  const fields = Object.entries(properties).filter(([name]) => !isElsewhere(name));
  if (body === undefined && fields.length === 0) return {};
  const needed = required.filter((name) => !isElsewhere(name));
  const schema =
    body === undefined
      ? {
          type: 'object',
          properties: Object.fromEntries(fields),
          ...(needed.length === 0 ? {} : { required: needed }),
          additionalProperties: false,
        }
      : withoutMeta(BODIES[body]?.() ?? raise(`the body of "${method}" has no schema`));
  return { requestBody: { required: body !== undefined || needed.length > 0, content: { [JSON_TYPE]: { schema } } } };
}

function addStream(paths: Paths, name: NotificationName, method: MethodName): void {
  const path = STREAM_ROUTES[name];
  const route: HttpRoute = { verb: 'GET', path };
  const resume = { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } };
  put(paths, path, 'GET', {
    operationId: method,
    summary: METHODS[method].summary,
    description: 'A stream of server-sent events with JSON data.',
    parameters: [...parametersOf(route, inputSchema(method)), ...(name === 'events' ? [resume] : [])],
    responses: {
      200: content('The event stream', 'text/event-stream', { type: 'string' }),
      ...errorResponses(COMMON_ERRORS),
    },
  });
}

function describeFollowing(paths: Paths): void {
  const logs = paths[STREAM_ROUTES.log]?.['get'] as {
    parameters: Schema[];
    responses: Record<string, { content: Schema }>;
  };
  logs.parameters.push(
    {
      name: 'follow',
      in: 'query',
      required: false,
      schema: { type: 'boolean' },
      description: 'Respond with a stream of server-sent events',
    },
    {
      name: 'after',
      in: 'query',
      required: false,
      schema: inputSchema('subscribeLog').properties['after'] ?? {},
      description: 'For streams: continue after this cursor',
    },
    {
      name: 'Last-Event-ID',
      in: 'header',
      required: false,
      schema: { type: 'string' },
      description: 'For streams: the last cursor received',
    },
  );
  const answer = logs.responses['200'];
  if (answer !== undefined) answer.content = { ...answer.content, 'text/event-stream': { schema: { type: 'string' } } };
}

function addPlain(paths: Paths, path: string, summary: string, type: string, schema: Schema): void {
  put(paths, path, 'GET', {
    operationId: path.slice(1).replace('.json', ''),
    summary,
    responses: { 200: content(summary, type, schema), ...errorResponses(COMMON_ERRORS) },
  });
}

function put(paths: Paths, path: string, verb: string, operation: Operation): void {
  paths[path] = { ...paths[path], [verb.toLowerCase()]: operation };
}

function content(description: string, type: string, schema: Schema): Operation {
  return { description, content: { [type]: { schema } } };
}

/** Groups error codes by status; several codes may have the same status. */
function errorResponses(codes: readonly ErrorCode[]): Record<string, Operation> {
  const statuses = [...new Set(codes.map((code) => ERROR_CATALOG[code].http))].sort();
  const response = (status: number): Operation => {
    const own = codes.filter((code) => ERROR_CATALOG[code].http === status);
    return content(own.map((code) => `${code}: ${ERROR_CATALOG[code].meaning}`).join('; '), JSON_TYPE, ERROR);
  };
  return Object.fromEntries(statuses.map((status) => [String(status), response(status)]));
}

function errorSchema(): Schema {
  const error = {
    type: 'object',
    properties: { code: { enum: Object.keys(ERROR_CATALOG) }, message: { type: 'string' }, data: { type: 'object' } },
    required: ['code', 'message', 'data'],
  };
  return { type: 'object', properties: { error }, required: ['error'] };
}

function withoutMeta(schema: unknown): Schema {
  return Object.fromEntries(Object.entries(schema as Schema).filter(([name]) => name !== '$schema'));
}

function raise(message: string): never {
  throw new Error(message);
}
