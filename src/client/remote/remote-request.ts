import { HealerError } from '../../protocol/errors.ts';
import { HTTP_ROUTES, type HttpRoute, routeOf, STREAM_ROUTES } from '../../protocol/methods/http-routes.ts';
import type { ApiMethod } from '../../protocol/methods/methods.ts';
import { PROCESS_ID_FORM, PROCESS_ID_PATTERN } from '../../protocol/process-id.ts';
import { isRecord } from '../../protocol/rpc.ts';
import type { StreamName } from '../connection/streams.ts';

/** An HTTP request to the remote API. */
export interface RemoteRequest {
  readonly verb: HttpRoute['verb'];
  /** Includes the query. */
  readonly path: string;
  readonly body: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** Returns the request that calls a method. @throws HealerError NOT_FOUND when this version of the API has no such method, INVALID_CONFIG for an invalid id */
export function requestFor(method: ApiMethod, params: unknown): RemoteRequest {
  // The caller may use a method of a newer engine that this client does not know.
  if (!Object.hasOwn(HTTP_ROUTES, method)) {
    throw new HealerError('NOT_FOUND', `the remote API of this version has no method "${method}"`, { method });
  }
  const { verb, path, body } = routeOf(method);
  const fields: Fields = isRecord(params) ? params : {};
  const { filled, rest } = fillPath(method, path, fields);
  const hasQuery = verb === 'GET' || verb === 'DELETE';
  if (hasQuery) return { verb, path: filled + queryOf(rest), body: undefined };
  if (body === undefined) return { verb, path: filled, body: rest };
  const { [body]: content, ...others } = rest;
  return { verb, path: filled + queryOf(others), body: content };
}

/** Returns the path of a stream. For the log, `follow` requests a stream instead of the last lines. */
export function streamPathFor(name: StreamName, params: unknown): string {
  const { filled, rest } = fillPath(name, STREAM_ROUTES[name], isRecord(params) ? params : {});
  return filled + queryOf(name === 'log' ? { follow: true, ...rest } : rest);
}

function fillPath(method: string, path: string, fields: Fields): { readonly filled: string; readonly rest: Fields } {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segmentOf(method, name, fields[name]));
  return { filled, rest: Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name))) };
}

/** Refuses values that would make the path that of another route: an empty one, "." and ".." do not stay in a URL. */
function segmentOf(method: string, name: string, value: unknown): string {
  const isValid =
    typeof value === 'string' && !/^\.{0,2}$/.test(value) && (name !== 'id' || PROCESS_ID_PATTERN.test(value));
  if (isValid) return encodeURIComponent(value);
  const message = name === 'id' ? PROCESS_ID_FORM : 'must be a name';
  const issues = [{ path: name, message }];
  throw new HealerError('INVALID_CONFIG', `invalid parameters for "${method}": ${name}: ${message}`, { issues });
}

function queryOf(fields: Fields): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) query.append(name, String(each));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}
