import { expect, test } from 'vitest';
import { diffSpecs, planOf, TAKES_EFFECT } from '../../../src/config/sources/diff-specs.ts';
import { type ProcessSpec, type ProcessSpecInput, processSpecSchema } from '../../../src/protocol/process-spec.ts';

const BASE: ProcessSpecInput = { id: 'web', command: 'node' };

/** A change of each field, except `id`, which names the program. */
const CHANGES: Readonly<Record<Exclude<keyof ProcessSpec, 'id'>, [Partial<ProcessSpecInput>, 'now' | 'start']>> = {
  name: [{ name: 'Site' }, 'now'],
  groups: [{ groups: ['site'] }, 'now'],
  command: [{ command: 'deno' }, 'start'],
  args: [{ args: ['a'] }, 'start'],
  type: [{ type: 'forking' }, 'now'],
  pidFile: [{ pidFile: '/run/web.pid' }, 'now'],
  shell: [{ shell: true }, 'start'],
  cwd: [{ cwd: '/tmp' }, 'start'],
  env: [{ env: { A: '1' } }, 'start'],
  inheritEnv: [{ inheritEnv: false }, 'start'],
  envFile: [{ envFile: ['/a.env'] }, 'start'],
  envFileDialect: [{ envFileDialect: 'docker' }, 'start'],
  user: [{ user: 'www-data' }, 'start'],
  group: [{ group: 5 }, 'start'],
  umask: [{ umask: '027' }, 'start'],
  nice: [{ nice: 5 }, 'start'],
  rlimits: [{ rlimits: { nofile: 100 } }, 'start'],
  session: [{ session: 'none' }, 'start'],
  adopt: [{ adopt: 'by-name' }, 'now'],
  dependsOn: [{ dependsOn: ['db'] }, 'now'],
  autostart: [{ autostart: false }, 'now'],
  enabled: [{ enabled: false }, 'now'],
  startSeconds: [{ startSeconds: 9 }, 'now'],
  ready: [{ ready: { log: 'listening' } }, 'start'],
  watchdogMs: [{ watchdogMs: 1_000 }, 'start'],
  sockets: [{ sockets: [{ listen: 8080 }] }, 'start'],
  restart: [{ restart: { policy: 'always' } }, 'now'],
  stop: [{ stop: { signal: 'SIGINT' } }, 'now'],
  reload: [{ reload: { signal: 'SIGUSR1' } }, 'now'],
  limits: [{ limits: { memoryMb: 5 } }, 'now'],
  healing: [{ healing: 'observe' }, 'now'],
  healTimeoutMs: [{ healTimeoutMs: 1234 }, 'now'],
  leftovers: [{ leftovers: 'leave' }, 'now'],
  logs: [{ logs: { keep: 1 } }, 'now'],
  anomaly: [{ anomaly: { spike: { action: 'restart' } } }, 'now'],
  zombies: [{ zombies: 'restart-parent' }, 'now'],
  health: [{ health: { check: { type: 'tcp', port: 1 } } }, 'now'],
  instances: [{ instances: 3 }, 'now'],
  schedule: [{ schedule: '0 4 * * *' }, 'now'],
  scheduling: [{ scheduling: { overlap: 'queue' } }, 'now'],
  maxRuntimeMs: [{ maxRuntimeMs: 60_000 }, 'now'],
  onFleetLost: [{ onFleetLost: { after: '5m' } }, 'now'],
  hooks: [{ hooks: { crashed: 'true' } }, 'now'],
  notify: [{ notify: ['crashed'] }, 'now'],
};

/** What a field requires of the program before and after the change. */
const REQUIRED: Readonly<Partial<Record<string, Partial<ProcessSpecInput>>>> = { pidFile: { type: 'forking' } };

const bySpec = (input: ProcessSpecInput): Map<string, ProcessSpec> =>
  new Map([[input.id, processSpecSchema.parse(input)]]);

test.each(Object.entries(CHANGES))('a change of %s takes effect at the right time', (field, [change, effect]) => {
  const base = { ...BASE, ...REQUIRED[field] };
  const diff = diffSpecs(bySpec(base), bySpec({ ...base, ...change }), { isComplete: true });
  const plan = { id: 'web', fields: [field] };
  expect(TAKES_EFFECT[field as keyof ProcessSpec]).toBe(effect);
  expect(planOf(diff)).toEqual({
    added: [],
    removed: [],
    restarted: effect === 'start' ? [plan] : [],
    changedInPlace: effect === 'now' ? [plan] : [],
    unchanged: [],
  });
});

test('every field has a case', () => {
  expect(['id', ...Object.keys(CHANGES)].sort()).toEqual(Object.keys(TAKES_EFFECT).sort());
});
