import { type HttpBindings, RequestError } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { HealerError, toHealerError } from '../../../protocol/errors.ts';
import { HTTP_ROUTES, type HttpRoute, routeOf, STREAM_ROUTES } from '../../../protocol/methods/http-routes.ts';
import type { ApiMethod } from '../../../protocol/methods/methods.ts';
import type { NotificationName } from '../../../protocol/notifications.ts';
import type { RemoteEntrance } from '../../access/remote-entrance.ts';
import { STREAM_METHODS } from '../../access/stream-methods.ts';
import { COMMON_HEADERS, errorAnswerOf, JSON_TYPE, STREAM_HEADERS } from './error-body.ts';
import type { IdentifiedCaller } from './identified-caller.ts';
import { readBody } from './request-body.ts';
import { paramsOf, queryFields } from './route-params.ts';
import type { SseStreams } from './sse-streams.ts';
import { DEFAULT_TIMEOUTS } from './web-server.ts';

/** What the routes depend on. */
export interface AppParts {
  readonly entrance: RemoteEntrance;
  readonly streams: SseStreams;
  /** The caller of a request that the entrance has identified. */
  readonly callerOf: (incoming: object) => IdentifiedCaller;
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}

interface HonoEnvironment {
  Bindings: HttpBindings;
}
type RouteContext = Context<HonoEnvironment>;

/** Returns the routes of the remote API, derived from the table of methods. */
export function createApp(parts: AppParts): Hono<HonoEnvironment> {
  const app = new Hono<HonoEnvironment>();
  for (const method of Object.keys(HTTP_ROUTES) as ApiMethod[]) {
    const route = routeOf(method);
    if (method === 'logs') continue;
    app.on(route.verb, honoPath(route.path), (context) => answerMethod(method, route, context, parts));
  }
  app.get(honoPath(STREAM_ROUTES.log), (context) =>
    isFollowing(context) ? startStream('log', context, parts) : answerMethod('logs', routeOf('logs'), context, parts),
  );
  app.get(STREAM_ROUTES.events, (context) => startStream('events', context, parts));
  app.get(STREAM_ROUTES.snapshot, (context) => startStream('snapshot', context, parts));
  app.get('/metrics', async () => {
    const { type, text } = await parts.metrics();
    return new Response(text, { headers: { ...COMMON_HEADERS, 'content-type': type } });
  });
  app.get('/openapi.json', async () => {
    const { default: document } = await import('../../../../docs/openapi.json', { with: { type: 'json' } });
    return answerJson(document);
  });
  app.notFound(({ req }) =>
    answerError(
      new HealerError('NOT_FOUND', `${req.method} ${req.path} does not exist; GET /openapi.json lists all routes`),
    ),
  );
  app.onError((error) => answerError(toKnownError(error)));
  return app;
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

const FOLLOW: ReadonlyMap<string, boolean> = new Map([
  ['', true],
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

function isFollowing({ req }: RouteContext): boolean {
  const follow = req.query('follow');
  if (follow === undefined) return false;
  const value = FOLLOW.get(follow);
  if (value !== undefined) return value;
  throw new HealerError('INVALID_CONFIG', `follow is the text "${follow}", but has to be true or false`);
}

async function answerMethod(
  method: ApiMethod,
  route: HttpRoute,
  context: RouteContext,
  { entrance, callerOf }: AppParts,
): Promise<Response> {
  const { incoming } = context.env;
  const perform = entrance.authorize(callerOf(incoming), method);
  const params = paramsOf(method, route, {
    path: context.req.param(),
    query: queryOf(context),
    body: await readBody(incoming),
  });
  const { socket } = incoming;
  // A method may take longer than an idle connection is kept open.
  socket.setTimeout(0);
  try {
    return answerJson(await perform(params), route.success);
  } finally {
    socket.setTimeout(DEFAULT_TIMEOUTS.idleMs);
  }
}

function startStream(
  name: NotificationName,
  context: RouteContext,
  { entrance, callerOf, streams }: AppParts,
): Response {
  const { incoming, outgoing } = context.env;
  const { caller, key } = callerOf(incoming);
  if (incoming.method === 'HEAD') {
    entrance.authorizeStream({ caller }, name);
    return new Response(null, { headers: STREAM_HEADERS });
  }
  const query = queryOf(context);
  query.delete('follow');
  const params = { ...queryFields(STREAM_METHODS[name], query), ...context.req.param() };
  streams.start(name, { caller, key, params, lastEventId: incoming.headers['last-event-id'] }, outgoing);
  return RESPONSE_ALREADY_SENT;
}

/** Reads the query alone: a host that is accepted may still be no valid part of a URL. */
function queryOf({ req }: RouteContext): URLSearchParams {
  const [address = ''] = req.url.split('#');
  const start = address.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : address.slice(start));
}

function answerJson(value: unknown, status = 200): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { ...COMMON_HEADERS, 'content-type': JSON_TYPE },
  });
}

function answerError(error: HealerError): Response {
  const { status, headers, body } = errorAnswerOf(error);
  return new Response(body, { status, headers });
}

/** Converts what was thrown. An error in reading a request is the caller's, not an internal one. */
export function toKnownError(thrown: unknown): HealerError {
  if (thrown instanceof RequestError) return new HealerError('INVALID_CONFIG', `invalid request: ${thrown.message}`);
  return toHealerError(thrown);
}
