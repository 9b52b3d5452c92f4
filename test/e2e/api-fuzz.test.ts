import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_CATALOG } from '../../src/protocol/errors.ts';
import { HTTP_ROUTES, type HttpRoute } from '../../src/protocol/methods/http-routes.ts';
import type { ApiMethod } from '../../src/protocol/methods/methods.ts';
import { METHODS } from '../../src/protocol/methods/methods.ts';
import { type Permission, PERMISSIONS } from '../../src/protocol/permissions.ts';
import { callHttp, type HttpAnswer } from '../support/api-room.ts';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';
import { responseProblem } from '../support/response-schemas.ts';
import { arbitraryOf } from '../support/schema-arbitrary.ts';

/** `npm run fuzz:api` sets a much larger number. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 100);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const ALL = Object.keys(PERMISSIONS) as Permission[];
/** These end the engine, or this machine's processes, when a trusted caller may call them. */
const ENDING: readonly string[] = ['shutdown', 'restartMonitor', 'track', 'cleanZombies'];
/** Statuses of 500 and above that are no fault of the engine. */
const EXPECTED_FAILURES = Object.entries(ERROR_CATALOG).flatMap(([code, { http }]) =>
  http >= 500 && code !== 'INTERNAL' ? [code] : [],
);

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: Record<string, unknown>;
  }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Record<string, unknown> }> };
}

interface Attempt {
  readonly verb: string;
  readonly path: string;
  readonly method: string | undefined;
  readonly body: unknown;
}

const { paths } = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};

/** Streams do not end by themselves. */
const isStream = (path: string): boolean => path === '/events' || path === '/snapshot';

const attempts = Object.entries(paths).flatMap(([path, verbs]) =>
  isStream(path)
    ? []
    : Object.entries(verbs).map(([verb, operation]) => attemptOf(verb.toUpperCase(), path, operation)),
);

function attemptOf(verb: string, path: string, operation: Operation): fc.Arbitrary<Attempt> {
  const fields = (operation.parameters ?? []).filter(({ name }) => name !== 'follow');
  const values = fc.record(Object.fromEntries(fields.map(({ name, schema }) => [name, arbitraryOf(schema)])), {
    requiredKeys: fields.filter((each) => each.in === 'path').map(({ name }) => name),
  });
  const schema = operation.requestBody?.content['application/json']?.schema;
  const body =
    schema === undefined ? fc.constant(undefined) : fc.option(arbitraryOf(schema), { nil: undefined, freq: 12 });
  const id = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('victim', 'own', 'own-0', 'missing', 'a..b', '@x') },
    { weight: 1, arbitrary: fc.string() },
  );
  return fc.tuple(values, body, id).map(([given, content, program]) => {
    const inPath = (name: string): string => encodeURIComponent(name === 'id' ? program : textOf(given[name]));
    const query = fields
      .filter((each) => each.in === 'query' && given[each.name] !== undefined)
      .map(({ name }) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(given[name]))}`);
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => inPath(name) || 'x');
    return {
      verb,
      path: query.length === 0 ? filled : `${filled}?${query.join('&')}`,
      method: operation.operationId,
      body: content,
    };
  });
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A lone surrogate cannot be encoded.
  return Buffer.from(text.slice(0, 300)).toString();
}

const ROLES = ['trusted', 'guest', 'forwarded', 'page'] as const;
const HEADERS: Readonly<Record<(typeof ROLES)[number], Record<string, string>>> = {
  trusted: {},
  guest: {},
  forwarded: { 'x-forwarded-host': 'evil.example' },
  page: { origin: 'http://localhost' },
};

test(
  'no request of any role, valid or not, breaks the engine or gets around a permission',
  { timeout: 3_600_000 },
  async () => {
    await using home = new HealerHome();
    const port = await freePort();
    home.extraEnv = { HEALER_API_PORT: String(port), HEALER_ALIVENESS_PORT: '0' };
    home.list('victim - - -- sleep 100000');
    await home.up();
    await home.event('serving', ({ data }) => data['port'] === port);
    const set = (key: string, value: Record<string, string | number | boolean | string[]>) =>
      home.ask((engine) => engine.changeSetting({ key, value }));
    const reset = async (isTrusted: boolean, permissions: readonly Permission[]): Promise<void> => {
      await set('trusted-hosts', { hosts: isTrusted ? ['127.0.0.1'] : ['10.9.9.9'] });
      await set('remote-access', Object.fromEntries(ALL.map((name) => [name, permissions.includes(name)])));
      await set('executable-whitelist', { patterns: ['/usr/bin/sleep'] });
      await set('api', { requestsPerSecond: 100_000 });
    };
    const enginePid = await home.enginePid();
    let state = '';
    const property = fc.asyncProperty(
      fc.constantFrom(...ROLES),
      fc.subarray(ALL.filter((name) => name !== 'allowMonitorRestart')),
      fc.array(fc.oneof(...attempts), { minLength: 1, maxLength: 8 }),
      async (role, permissions, requests) => {
        const wanted = `${role === 'guest' ? 'guest' : 'trusted'} ${permissions.join()}`;
        if (state !== wanted) await reset(role !== 'guest', permissions);
        state = role === 'trusted' ? '' : wanted;
        // A trusted caller may have scaled it, so that its instances have other ids.
        const victim = (await home.rows()).get('victim');
        for (const request of requests) {
          if (role === 'trusted' && endsTest(request)) continue;
          const { verb, path, body } = request;
          const answer = await callHttp(port, path, { verb, body, headers: HEADERS[role] });
          judge(answer, request, role, permissions);
        }
        if (role === 'forwarded' || role === 'page' || (role === 'guest' && permissions.length === 0)) {
          expect((await home.rows()).get('victim')?.pid).toBe(victim?.pid);
        }
        expect(await home.enginePid()).toBe(enginePid);
      },
    );
    await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
    expect((await callHttp(port, '/monitor/status', {})).status).toBeLessThan(500);
    await reset(true, []);
    await home.run('down', '--timeout', '1s');
  },
);

/** Returns whether a request of a trusted caller ends the engine or, by `enabled`, its API. */
function endsTest({ method = '', path, body }: Attempt): boolean {
  const switchesOff = path.includes('remote-access') && JSON.stringify([body]).includes('"enabled":false');
  return ENDING.includes(method) || switchesOff;
}

function judge(
  { status, code, text }: HttpAnswer,
  { method, verb }: Attempt,
  role: string,
  permissions: readonly Permission[],
): void {
  if (status >= 500) expect(EXPECTED_FAILURES, text).toContain(code);
  if (status >= 300 && verb !== 'HEAD') expect(Object.keys(ERROR_CATALOG), text).toContain(code);
  if (role === 'forwarded' || role === 'page') expect([401, 403]).toContain(status);
  else if (method !== undefined && verb !== 'HEAD' && code !== 'NOT_FOUND')
    expect(responseProblem(method, status, text), text).toBeNull();
  if (role !== 'guest' || status >= 300 || method === undefined || !(method in HTTP_ROUTES)) return;
  const name = method as ApiMethod;
  const { needs }: HttpRoute = HTTP_ROUTES[name];
  if (METHODS[name].access === 'read') return;
  expect(needs, `${method} is for trusted callers`).toBeDefined();
  expect(permissions).toEqual(expect.arrayContaining([...(needs ?? [])]));
}
