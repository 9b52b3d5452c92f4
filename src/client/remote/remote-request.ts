import { HealerError } from '../../protocol/errors.ts';
import { HTTP_ROUTES, type HttpRoute, routeOf, STREAM_ROUTES } from '../../protocol/methods/http-routes.ts';
import type { ApiMethod } from '../../protocol/methods/methods.ts';
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

/** Returns the request that calls a method. @throws HealerError NOT_FOUND when this version of the API has no such method */
export function requestFor(method: ApiMethod, params: unknown): RemoteRequest {
  // The caller may use a method of a newer engine that this client does not know.
  if (!Object.hasOwn(HTTP_ROUTES, method)) {
    throw new HealerError('NOT_FOUND', `the remote API of this version has no method "${method}"`, { method });
  }
  const { verb, path, body } = routeOf(method);
  const fields: Fields = isRecord(params) ? params : {};
  const { filled, rest } = fillPath(path, fields);
  const hasQuery = verb === 'GET' || verb === 'DELETE';
  if (hasQuery) return { verb, path: filled + queryOf(rest), body: undefined };
  return { verb, path: filled, body: body === undefined ? rest : rest[body] };
}

/** Returns the path of a stream. For the log, `follow` requests a stream instead of the last lines. */
export function streamPathFor(name: StreamName, params: unknown): string {
  const { filled, rest } = fillPath(STREAM_ROUTES[name], isRecord(params) ? params : {});
  return filled + queryOf(name === 'log' ? { follow: true, ...rest } : rest);
}

function fillPath(path: string, fields: Fields): { readonly filled: string; readonly rest: Fields } {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(fields[name])));
  return { filled, rest: Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name))) };
}

function queryOf(fields: Fields): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) query.append(name, String(each));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}
