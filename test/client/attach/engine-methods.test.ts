import { describe, expect, test } from 'vitest';
import { EngineMethods } from '../../../src/client/attach/engine-methods.ts';
import { engineApiOver } from '../../../src/client/connection/engine-api.ts';
import { METHODS } from '../../../src/protocol/methods/methods.ts';
import { OPERATIONS } from '../../../src/protocol/operations.ts';
import { PERMISSIONS } from '../../../src/protocol/permissions.ts';

interface Request {
  readonly method: string;
  readonly params: unknown;
  readonly signal: AbortSignal | undefined;
}

/** The convenience methods on an engine that records requests and answers each with the same result. */
class RecordedMethods extends EngineMethods {
  readonly requests: Request[] = [];
  answer: unknown = [];
  readonly api = engineApiOver((method, params, { signal }) => {
    this.requests.push({ method, params: METHODS[method].params.parse(params), signal });
    return Promise.resolve(this.answer);
  });
}

const { signal } = new AbortController();

/** One call of each convenience method, with a signal. */
const CALLS: Readonly<Record<string, (methods: EngineMethods) => Promise<unknown>>> = {
  start: (it) => it.start('web', { signal }),
  stop: (it) => it.stop('web', { graceful: false, signal }),
  kill: (it) => it.kill('web', { signal }),
  restart: (it) => it.restart('web', { timeoutMs: 5, signal }),
  reload: (it) => it.reload('web', { signal }),
  enable: (it) => it.enable('web', { signal }),
  disable: (it) => it.disable('web', { signal }),
  sendSignal: (it) => it.sendSignal('web', 'SIGHUP', { pid: 7, startTicks: 9, signal }),
  pause: (it) => it.pause('web', { signal }),
  resume: (it) => it.resume('web', { signal }),
  hold: (it) => it.hold('web', { forMs: 5, signal }),
  release: (it) => it.release('web', { signal }),
  resetCooldown: (it) => it.resetCooldown('web', { signal }),
  checkHealth: (it) => it.checkHealth('web', { signal }),
  describe: (it) => it.describe('web', { signal }),
  usage: (it) => it.usage('web', { signal }),
  history: (it) => it.history('web', { span: '24h', signal }),
  add: (it) => it.add({ id: 'web', command: 'sleep' }, { signal }),
  update: (it) => it.update('web', { autostart: true }, { unset: ['cwd'], signal }),
  scale: (it) => it.scale('web', 3, { signal }),
  remove: (it) => it.remove('web', { signal }),
  recentLogs: (it) => it.recentLogs('web', { tail: 5, signal }),
  getStatus: (it) => it.getStatus({ signal }),
  list: (it) => it.list({ select: ['@web'], signal }),
  operate: (it) => it.operate('stop', ['web-*'], { timeoutMs: 5, signal }),
  cooldowns: (it) => it.cooldowns({ signal }),
  holdAll: (it) => it.holdAll({ forMs: 5, signal }),
  releaseAll: (it) => it.releaseAll({ signal }),
  anomalies: (it) => it.anomalies({ id: 'web', signal }),
  suggest: (it) => it.suggest({ id: 'web', signal }),
  recentEvents: (it) => it.recentEvents({ process: 'web', kinds: ['crashed'], afterSeq: 3, limit: 5, signal }),
  zombies: (it) => it.zombies({ signal }),
  cleanZombies: (it) => it.cleanZombies({ signal }),
  reloadConfig: (it) => it.reloadConfig({ files: ['/a'], add: ['/b'], drop: ['/c'], remove: ['d'], signal }),
  track: (it) => it.track(7, { signal }),
  untrack: (it) => it.untrack(7, { signal }),
  trackStatus: (it) => it.trackStatus({ signal }),
  settings: (it) => it.settings({ signal }),
  changeSetting: (it) => it.changeSetting('history', null, { signal }),
  remoteConfig: (it) => it.remoteConfig('trusted-hosts', { signal }),
  changeRemoteConfig: (it) => it.changeRemoteConfig('trusted-hosts', { hosts: [] }, { signal }),
  permissions: (it) => it.permissions({ signal }),
  changePermissions: (it) => it.changePermissions({ allowStop: false }, { signal }),
  remoteAccess: (it) => it.remoteAccess({ signal }),
  changeRemoteAccess: (it) => it.changeRemoteAccess({ enabled: true }, { signal }),
  restartMonitor: (it) => it.restartMonitor({ signal }),
  shutdownAll: (it) => it.shutdownAll({ keep: true, signal }),
};

/** What the connection itself uses, and streams, which have iterators. */
const NOT_OPERATIONS = ['hello', 'subscribeSnapshot', 'subscribeEvents', 'subscribeLog', 'unsubscribe'];

function methodNames(): string[] {
  const own = (prototype: object): string[] => Object.getOwnPropertyNames(prototype);
  const parent = Object.getPrototypeOf(EngineMethods.prototype) as object;
  return [...own(EngineMethods.prototype), ...own(parent)].filter((name) => name !== 'constructor');
}

describe('the convenience methods', () => {
  test('cover every method of the engine', async () => {
    const methods = new RecordedMethods();
    for (const call of Object.values(CALLS)) await call(methods);
    const requested = new Set(methods.requests.map(({ method }) => method));
    expect(Object.keys(METHODS).filter((name) => !requested.has(name))).toEqual(NOT_OPERATIONS);
    expect(Object.keys(OPERATIONS).filter((name) => !requested.has(name))).toEqual([]);
  });

  test('are all called here', () => {
    expect(Object.keys(CALLS).sort()).toEqual(methodNames().sort());
  });

  test.each(Object.entries(CALLS))('%s passes its signal on', async (_, call) => {
    const methods = new RecordedMethods();
    await call(methods);
    expect(methods.requests.map((request) => request.signal)).toEqual(methods.requests.map(() => signal));
  });

  test.each<[string, (it: EngineMethods) => Promise<unknown>, object]>([
    ['recentLogs', (it) => it.recentLogs('web', { tail: 5 }), { id: 'web', tail: 5 }],
    ['anomalies', (it) => it.anomalies({ id: 'web' }), { id: 'web' }],
    ['suggest', (it) => it.suggest({ id: 'web' }), { id: 'web' }],
    ['anomalies of all', (it) => it.anomalies(), {}],
    ['holdAll', (it) => it.holdAll({ forMs: 9 }), { forMs: 9 }],
    ['changeSetting', (it) => it.changeSetting('api', { port: 1 }), { key: 'api', value: { port: 1 } }],
    ['reloadConfig', (it) => it.reloadConfig({ add: ['/b'] }), { add: ['/b'], dryRun: false }],
    ['remoteConfig', (it) => it.remoteConfig('trusted-hosts'), { section: 'trusted-hosts' }],
  ])('%s sends its parameters', async (_, call, params) => {
    const methods = new RecordedMethods();
    await call(methods);
    expect(methods.requests[0]?.params).toEqual(params);
  });

  test('permissions are those of callers that are not trusted, without the switch for access', async () => {
    const methods = new RecordedMethods();
    const all = Object.fromEntries(Object.keys(PERMISSIONS).map((name) => [name, true]));
    methods.answer = { enabled: false, ...all };
    expect(await methods.permissions()).toEqual(all);
    expect(await methods.changePermissions({ allowStop: false })).toEqual(all);
    const content = { enabled: false, ...all, allowStop: false };
    expect(methods.requests.at(-1)?.params).toEqual({ section: 'remote-access', content });
  });
});
