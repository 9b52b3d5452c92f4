import { describe, expect, test } from 'vitest';
import { diffSpecs } from '../../../src/config/sources/diff-specs.ts';
import { applySpecs } from '../../../src/engine/definitions/apply-specs.ts';
import type { ProcessSpec, ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { spec } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';

type Fields = Partial<ProcessSpecInput>;

/** Applies the difference between the programs of the engine and these definitions, one per line of the list. */
function apply(it: TestEngine, ...fields: readonly Fields[]): { stored: string[]; announced: string[] } {
  const stored: string[] = [];
  const announced: string[] = [];
  const specs = fields.map(spec);
  const current = new Map(
    [...it.engine.programs].map(([id, { program }]): [string, ProcessSpec] => [id, program.spec]),
  );
  const diff = diffSpecs(current, new Map(specs.map((each) => [each.id, each])), { isComplete: true });
  const target = {
    engine: it.engine,
    records: {
      record: it.runner.ports.recorder.record,
      commit: () => undefined,
      recordEngineEvent: (kind: string, reason: string) => void announced.push(`${kind}: ${reason}`),
    },
    putSources: () => undefined,
    putDigest: () => undefined,
    putSpec: ({ id }: ProcessSpec) => void stored.push(id),
  };
  applySpecs(
    target,
    diff,
    specs.map((each, index) => ({ spec: each, origin: `process_list.txt:${String(index + 1)}` })),
  );
  return { stored, announced };
}

describe('an added program', () => {
  test.each<[string, Fields, state: string, actions: string[]]>([
    ['starts', {}, 'starting', ['spawn web 1']],
    ['does not start without autostart', { autostart: false }, 'stopped', []],
    ['does not start if it is disabled', { enabled: false }, 'disabled', []],
  ])('%s', (_, fields, state, actions) => {
    const it = new TestEngine();
    const { stored, announced } = apply(it, fields);
    expect(stored).toEqual(['web']);
    expect(announced).toEqual([
      'config-changed: the program definitions changed: 1 added, 0 removed, 0 changed in place, 0 to be restarted',
    ]);
    expect(it.state()).toBe(state);
    expect(it.runner.actions).toEqual(actions);
    expect(it.kinds()[0]).toBe('added');
    expect(it.entry().origin).toBe('process_list.txt:1');
  });
});

describe('a changed program', () => {
  const CHANGED: Fields = { command: 'other-server' };

  test('keeps its process if the change can be applied in place', () => {
    const it = new TestEngine();
    it.run();
    const { announced } = apply(it, { limits: { memoryMb: 100 } });
    expect(announced).toEqual([
      'config-changed: the program definitions changed: 0 added, 0 removed, 1 changed in place, 0 to be restarted',
    ]);
    expect(it.program().spec.limits.memoryMb).toBe(100);
    expect(it.runner.actions).toEqual(['spawn web 1']);
  });

  test('is restarted if it is running', () => {
    const it = new TestEngine();
    it.run();
    apply(it, CHANGED);
    it.clock.advance(10);
    expect(it.runner.actions).toEqual(['spawn web 1', 'SIGTERM web 1', 'SIGCONT web 1', 'close web 1', 'spawn web 2']);
    expect(it.program().why).toBe('restarted because its configuration changed');
  });

  test.each<[string, Fields, prepare: (it: TestEngine) => void]>([
    ['stopped', { autostart: false }, () => undefined],
    ['disabled', { enabled: false }, () => undefined],
    [
      'stopping',
      {},
      (it) => it.engine.post('web', { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' }),
    ],
    ['exited', {}, (it) => it.runner.end('web', { code: 0 })],
  ])('is not started if it is %s', (state, fields, prepare) => {
    const it = new TestEngine();
    if (state === 'stopped' || state === 'disabled') it.add(fields);
    else it.run(fields);
    prepare(it);
    expect(it.state()).toBe(state);
    const spawnsBefore = it.runner.actions.filter((action) => action.startsWith('spawn'));
    apply(it, { ...fields, ...CHANGED });
    it.clock.advance(60_000);
    expect(it.runner.actions.filter((action) => action.startsWith('spawn'))).toEqual(spawnsBefore);
    expect(it.program().spec.command).toBe('other-server');
  });

  test.each<[string, Fields]>([
    ['that switches observe mode on', { healing: 'observe' }],
    ['of nothing', {}],
  ])('in backoff is not started by a change %s', (_, change) => {
    const it = new TestEngine();
    it.run();
    it.runner.end('web', { code: 1 });
    it.runner.end('web', { code: 1 });
    expect(it.state()).toBe('backoff');
    const before = [...it.runner.actions];
    apply(it, change);
    expect(it.runner.actions).toEqual(before);
    expect(it.state()).toBe('backoff');
  });

  test('that failed is not started when observe mode is switched off', () => {
    const it = new TestEngine();
    it.run({ healing: 'observe', restart: { policy: 'never' } });
    it.runner.end('web', { code: 1 });
    expect(it.state()).toBe('failed');
    const before = [...it.runner.actions];
    apply(it, { healing: 'heal', restart: { policy: 'never' } });
    expect(it.runner.actions).toEqual(before);
    expect(it.state()).toBe('failed');
  });

  test.each<[string, Fields]>([
    ['switches observe mode off', { healing: 'heal' }],
    ['changes more than observe mode', { healing: 'observe', command: 'other' }],
  ])('in backoff is started by a change that %s', (_, change) => {
    const it = new TestEngine();
    it.run({ healing: change.healing === 'heal' ? 'observe' : 'heal', restart: { backoffMs: [5000] } });
    it.runner.end('web', { code: 1 });
    expect(it.state()).toBe('backoff');
    apply(it, { restart: { backoffMs: [5000] }, ...change });
    expect(it.runner.actions.at(-1)).toBe('spawn web 2');
  });

  test('in backoff is restarted with its new command at once', () => {
    const it = new TestEngine();
    it.run();
    it.runner.end('web', { code: 1 });
    it.runner.end('web', { code: 1 });
    expect(it.state()).toBe('backoff');
    apply(it, CHANGED);
    expect(it.runner.actions.at(-1)).toBe('spawn web 3');
  });

  test.each<[boolean, string, string]>([
    [false, 'disabled', 'disabled'],
    [true, 'starting', 'started'],
  ])('follows a change of enabled to %s', (enabled, state, kind) => {
    const it = new TestEngine();
    if (enabled) it.add({ enabled: false });
    else it.run();
    apply(it, { enabled });
    it.clock.advance(20);
    expect(it.state()).toBe(state);
    expect(it.kinds()).toContain(kind);
  });

  test('whose line moved gets its new origin without an event', () => {
    const it = new TestEngine();
    it.run();
    it.add({ id: 'first', autostart: false });
    const { stored, announced } = apply(it, { id: 'first', autostart: false }, {});
    expect([stored, announced]).toEqual([[], []]);
    expect(it.entry().origin).toBe('process_list.txt:2');
    expect(it.runner.actions).toEqual(['spawn web 1']);
  });
});

describe('removed programs with dependencies', () => {
  const DB: Fields = { id: 'db' };
  const WEB: Fields = { id: 'web', dependsOn: ['db'] };
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test('are stopped after their dependents have exited', async () => {
    const it = new TestEngine();
    it.run(DB);
    it.run(WEB);
    apply(it);
    expect(it.runner.actions.slice(2)).toEqual(['SIGTERM web 1', 'SIGCONT web 1']);
    it.clock.advance(10);
    await nextTurn();
    expect(it.runner.actions.slice(5)).toEqual(['SIGTERM db 1', 'SIGCONT db 1']);
    it.clock.advance(10);
    expect(it.forgotten).toEqual(['web', 'db']);
  });

  test('keep running if they are defined again before their dependents have exited', async () => {
    const it = new TestEngine();
    it.run(DB);
    it.run(WEB);
    apply(it);
    apply(it, DB);
    it.clock.advance(10);
    await nextTurn();
    expect(it.forgotten).toEqual(['web']);
    expect(it.state('db')).toBe('running');
  });
});

describe('removed programs', () => {
  test('are stopped, the last instance first, and forgotten', () => {
    const it = new TestEngine();
    for (const id of ['web-0', 'web-1', 'web-2']) it.run({ id });
    const { announced } = apply(it);
    expect(it.runner.actions.slice(3)).toEqual([
      'SIGTERM web-2 1',
      'SIGCONT web-2 1',
      'SIGTERM web-1 1',
      'SIGCONT web-1 1',
      'SIGTERM web-0 1',
      'SIGCONT web-0 1',
    ]);
    it.clock.advance(20);
    expect(it.engine.programs.size).toBe(0);
    expect(announced).toEqual([
      'config-changed: the program definitions changed: 0 added, 3 removed, 0 changed in place, 0 to be restarted',
    ]);
  });
});
