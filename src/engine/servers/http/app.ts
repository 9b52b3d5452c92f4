import { type HttpBindings, RequestError } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { createTurns, type InTurn } from '../../../base/in-turn.ts';
import { type Caller, permissionProblem } from '../../../policy/remote-access/caller.ts';
import { HealerError, toHealerError } from '../../../protocol/errors.ts';
import { HTTP_ROUTES, type HttpRoute, routeOf, STREAM_ROUTES } from '../../../protocol/methods/http-routes.ts';
import { type ApiMethod, METHODS } from '../../../protocol/methods/methods.ts';
import type { NotificationName } from '../../../protocol/notifications.ts';
import type { ServedEngine } from '../../access/served-engine.ts';
import type { Admission } from '../../access/admission.ts';
import { COMMON_HEADERS, errorAnswerOf, JSON_TYPE, STREAM_HEADERS } from './error-body.ts';
import { performRemotely } from '../../access/perform-remotely.ts';
import { readBody } from './request-body.ts';
import { paramsOf } from './route-params.ts';
import type { SseStreams } from './sse-streams.ts';
import { PATIENCE } from './web-server.ts';

export interface AppParts {
  readonly engine: ServedEngine;
  readonly admission: Admission;
  readonly streams: SseStreams;
  /** Who sent a request, as the guard found out. */
  readonly callerOf: (incoming: object) => Caller;
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}

interface Environment {
  Bindings: HttpBindings;
}
type RouteContext = Context<Environment>;

/** The routes of the remote API, made from the table of methods. */
export function createApp(parts: AppParts): Hono<Environment> {
  const app = new Hono<Environment>();
  const inTurn = createTurns();
  for (const method of Object.keys(HTTP_ROUTES) as ApiMethod[]) {
    const route = routeOf(method);
    if (method === 'logs') continue;
    app.on(route.verb, honoPath(route.path), (context) => answerMethod(method, route, context, { ...parts, inTurn }));
  }
  app.get(honoPath(STREAM_ROUTES.log), (context) =>
    isFollowing(context)
      ? startStream('log', context, parts)
      : answerMethod('logs', routeOf('logs'), context, { ...parts, inTurn }),
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
      new HealerError('NOT_FOUND', `there is no ${req.method} ${req.path} here; GET /openapi.json tells what there is`),
    ),
  );
  app.onError((error) => answerError(toKnownError(error)));
  return app;
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function isFollowing({ req }: RouteContext): boolean {
  const follow = req.query('follow');
  return follow !== undefined && follow !== 'false' && follow !== '0';
}

async function answerMethod(
  method: ApiMethod,
  route: HttpRoute,
  context: RouteContext,
  parts: AppParts & { readonly inTurn: InTurn },
): Promise<Response> {
  const caller = parts.callerOf(context.env.incoming);
  const { access } = METHODS[method];
  const problem = permissionProblem(
    caller,
    { access, needs: route.needs ?? null },
    parts.admission.settings().permissions,
  );
  if (problem !== null) throw new HealerError('FORBIDDEN', problem, { method });
  const params = paramsOf(method, route, {
    path: context.req.param(),
    query: queryOf(context),
    body: await readBody(context.env.incoming),
  });
  const local = route.localOnly?.find((name) => name in params);
  if (local !== undefined) throw new HealerError('FORBIDDEN', `"${local}" cannot be given remotely`, { method });
  const { socket } = context.env.incoming;
  // What takes its time is waited for, however quiet the connection is meanwhile.
  socket.setTimeout(0);
  try {
    const { engine, admission, inTurn } = parts;
    return answerJson(await performRemotely(method, params, { engine, admission, caller, inTurn }), route.success);
  } finally {
    socket.setTimeout(PATIENCE.idleMs);
  }
}

function startStream(name: NotificationName, context: RouteContext, { streams }: AppParts): Response {
  if (context.env.incoming.method === 'HEAD') return new Response(null, { headers: STREAM_HEADERS });
  const query = [...queryOf(context)].filter(([key]) => key !== 'follow');
  const fields = query.map(([key, value]) => [key, /^\d{1,15}$/.test(value) ? Number(value) : value] as const);
  const { incoming, outgoing } = context.env;
  const params = { ...Object.fromEntries(fields), ...context.req.param() };
  streams.start(name, params, incoming, outgoing);
  return RESPONSE_ALREADY_SENT;
}

function queryOf({ req }: RouteContext): URLSearchParams {
  return new URL(req.url).searchParams;
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

/** What goes wrong while a request is read is the caller's, and nothing of ours. */
export function toKnownError(thrown: unknown): HealerError {
  if (thrown instanceof RequestError) return new HealerError('INVALID_CONFIG', `this is no request: ${thrown.message}`);
  return toHealerError(thrown);
}
