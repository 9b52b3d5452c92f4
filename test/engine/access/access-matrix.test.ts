import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TAKES_EFFECT } from '../../../src/config/sources/diff-specs.ts';
import { HTTP_ROUTES, routeOf } from '../../../src/protocol/methods/http-routes.ts';
import { type ApiMethod, METHODS } from '../../../src/protocol/methods/methods.ts';
import { type Permission, PERMISSIONS } from '../../../src/protocol/permissions.ts';
import { CHANGE_CASES } from '../../support/change-effects.ts';
import { programRow } from '../../support/program-row.ts';
import { spec } from '../../support/programs.ts';
import { callDirectly, callOverHttp, type RemoteCaller } from '../../support/remote-caller.ts';

const ALL = Object.keys(PERMISSIONS) as Permission[];
const STORED = {
  'trusted-hosts': { hosts: ['10.9.9.9'] },
  'executable-whitelist': { patterns: ['/usr/bin/sleep'] },
  api: { requestsPerSecond: 100_000 },
};
const DEFINITION = { id: 'new', command: '/usr/bin/sleep', args: ['9'] };
const PROGRAM = spec({ id: 'web', command: '/usr/bin/sleep', args: ['9'], schedule: null });

type Attempt = readonly [
  method: ApiMethod,
  params: Readonly<Record<string, unknown>>,
  needs: readonly Permission[] | null,
];

const PARAMS: Partial<Record<ApiMethod, Readonly<Record<string, unknown>>>> = {
  operate: { operation: 'stop', select: ['all'] },
  scale: { id: 'web', instances: 2 },
  signal: { id: 'web', signal: 'SIGHUP' },
  track: { pid: 4711 },
  untrack: { pid: 4711 },
  changeSetting: { key: 'healing', value: null },
  remoteConfig: { section: 'trusted-hosts' },
  changeRemoteConfig: { section: 'trusted-hosts', content: { hosts: ['localhost'] } },
};

/** All methods and all kinds of changes, with the permissions that each takes; null for those of trusted hosts. */
function attempts(isActive: boolean): readonly Attempt[] {
  const methods = (Object.keys(HTTP_ROUTES) as ApiMethod[]).filter((name) => name !== 'add' && name !== 'update');
  const register = (more: readonly Permission[]): readonly Permission[] => ['allowRegister', ...more];
  return [
    ...methods.map((method): Attempt => {
      const { path, needs, needsIfActive = [] } = routeOf(method);
      const params = PARAMS[method] ?? (path.includes('{id}') ? { id: 'web' } : {});
      if (METHODS[method].access === 'read') return [method, params, []];
      return [method, params, needs === undefined ? null : [...needs, ...(isActive ? needsIfActive : [])]];
    }),
    ...CHANGE_CASES.map(({ changes, active, idle = active }): Attempt => [
      'update',
      { id: 'web', changes },
      register(isActive ? active : idle),
    ]),
    ['add', { definition: DEFINITION }, register(['allowAutostart', 'allowStart'])],
    ['add', { definition: { ...DEFINITION, autostart: false } }, register([])],
    ['add', { definition: { ...DEFINITION, enabled: false } }, register(['allowAutostart'])],
    [
      'add',
      { definition: { ...DEFINITION, autostart: false, schedule: '* * * * *' } },
      register(['allowStart', 'allowStop']),
    ],
  ];
}

const subsets = (of: readonly Permission[]): readonly (readonly Permission[])[] =>
  of.reduce<readonly (readonly Permission[])[]>(
    (found, each) => [...found, ...found.map((set) => [...set, each])],
    [[]],
  );
/** Each request over HTTP takes a connection, so only the sets that differ in what they cause. */
const CORNERS = [
  [],
  ALL,
  ...(['allowStart', 'allowStop', 'allowDisable'] as const).map((each) => ALL.filter((other) => other !== each)),
];
const STATES = [
  ['runs', 'running', true],
  ['is in its backoff', 'backoff', true],
  ['is stopped', 'stopped', false],
] as const;

describe.each([
  ['the entrance itself', callDirectly, subsets(ALL), STATES],
  ['HTTP', callOverHttp, CORNERS, STATES.slice(0, 1)],
] as const)('a guest, through %s', (_transport, open, sets, states) => {
  let caller: RemoteCaller;

  beforeAll(async () => {
    caller = await open();
    const { answerTo } = caller.fake;
    caller.fake.answerTo = (method, params) =>
      method === 'describe' ? { row: programRow({ id: 'web' }), spec: PROGRAM } : answerTo(method, params);
  });

  afterAll(async () => {
    await caller[Symbol.asyncDispose]();
  });

  test.each(states)(
    'may do exactly what its permissions allow to a program that %s',
    async (_what, state, isActive) => {
      caller.fake.putRow('web', { state });
      const wrong: string[] = [];
      for (const set of sets) {
        caller.configure({
          ...STORED,
          'remote-access': Object.fromEntries(ALL.map((name) => [name, set.includes(name)])),
        });
        for (const [method, params, needs] of attempts(isActive)) {
          const expected = needs?.every((each) => set.includes(each)) === true ? null : 'FORBIDDEN';
          const { code, message } = await caller.call(method, params);
          if (code !== expected)
            wrong.push(`${method} ${JSON.stringify(params)} with ${set.join()}: ${String(code)} ${message}`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );
});

test('every field that can be changed remotely has a case, and those that restart a program are known', () => {
  const remote = Object.keys(TAKES_EFFECT).filter(
    (name) =>
      !['id', 'command', 'shell', 'envFile', 'envFileDialect', 'user', 'group', 'adopt', 'instances'].includes(name),
  );
  const named = new Set(CHANGE_CASES.flatMap(({ changes }) => Object.keys(changes)));
  expect(remote.filter((name) => !named.has(name))).toEqual([]);
  const atStart = Object.entries(TAKES_EFFECT).flatMap(([name, when]) => (when === 'start' ? [name] : []));
  const restarting = CHANGE_CASES.filter(({ idle }) => idle?.length === 0).flatMap(({ changes }) =>
    Object.keys(changes),
  );
  expect(restarting.filter((name) => !atStart.includes(name))).toEqual([]);
});
