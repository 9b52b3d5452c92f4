import { describe, expect, test } from 'vitest';
import { boot } from '../../../src/engine/definitions/boot.ts';
import type { BootPorts, Inheritance, UnseenExit } from '../../../src/engine/definitions/heirs.ts';
import { InstanceCensus } from '../../../src/engine/os/instance-census.ts';
import type { MarkOwner } from '../../../src/engine/os/run-mark.ts';
import type { ProcStat } from '../../../src/base/proc-stat.ts';
import type { CooldownEntry } from '../../../src/engine/store/cooldown-file.ts';
import { toRecord } from '../../../src/engine/store/program-record.ts';
import type { StoredProgram } from '../../../src/engine/store/state-store.ts';
import type { Program } from '../../../src/policy/lifecycle/state.ts';
import type { ProcessSpec, ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { at, exit, program, RUN, spec, START } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';

interface Past {
  /** As the earlier engine wrote them down. */
  readonly programs?: readonly Program[];
  readonly cooldowns?: Readonly<Record<string, CooldownEntry>>;
  readonly isSameBoot?: boolean;
  /** Ids that the registry says are enabled. */
  readonly enabled?: readonly string[];
}

interface Present {
  readonly alive?: readonly string[];
  readonly paused?: readonly string[];
  readonly leftovers?: readonly string[];
  readonly exits?: Readonly<Record<string, UnseenExit>>;
  /** Living processes with a mark of the instance. */
  readonly marked?: readonly Marked[];
  /** Whether the log collector lived on; true where a test does not say. */
  readonly hasWitness?: boolean;
  readonly isComplete?: boolean;
}

interface Marked {
  readonly pid: number;
  readonly id: string;
  readonly run: number;
  /** The session it is in; its own where a test does not say. */
  readonly session?: number;
  readonly kind?: MarkOwner['kind'];
}

function censusOf(marked: readonly Marked[]): InstanceCensus {
  const stats = marked.map(({ pid, session = pid }): ProcStat => ({
    ...{ pid, name: 'web', state: 'S', parentPid: 1, groupId: session, sessionId: session },
    ...{ cpuTicks: 0, waitedTicks: 0, startTicks: pid, rssPages: 1, threads: 1 },
  }));
  const table = { get: () => undefined, childrenOf: () => [], all: () => stats };
  return new InstanceCensus(table, ({ pid }) => {
    const found = marked.find((each) => each.pid === pid);
    return found === undefined ? null : { id: found.id, kind: found.kind ?? 'run', number: found.run };
  });
}

async function bootAfter(past: Past, specs: readonly ProcessSpec[], present: Present = {}): Promise<TestEngine> {
  const it = new TestEngine();
  const unknown: UnseenExit = { status: null, atWall: START.wall };
  const ports: BootPorts = {
    clock: it.clock,
    isAlive: ({ id }) => present.alive?.includes(id) ?? false,
    isPaused: ({ id }) => present.paused?.includes(id) ?? false,
    hasLeftovers: ({ id }) => present.leftovers?.includes(id) ?? false,
    exitOf: ({ id }) => present.exits?.[id] ?? unknown,
    momentOf: () => START,
    census: censusOf(present.marked ?? []),
    endProcesses: async (processes) => void it.world.deeds.push(...processes.map(({ stat }) => `end pid ${stat.pid}`)),
    hasWitness: present.hasWitness ?? true,
  };
  const stored = (past.programs ?? []).map((known): [string, StoredProgram] => [
    known.spec.id,
    { spec: known.spec, program: toRecord(known) },
  ]);
  const inheritance: Inheritance = {
    stored: { bootId: 'the boot', programs: new Map(stored), problems: [] },
    cooldowns: new Map(Object.entries(past.cooldowns ?? {})),
    isSameBoot: past.isSameBoot ?? true,
    enabled: new Set(past.enabled),
  };
  const sourced = specs.map((each, index) => ({ spec: each, origin: `process_list.txt:${String(index + 1)}` }));
  await boot({
    engine: it.engine,
    specs: sourced,
    isComplete: present.isComplete ?? true,
    inheritance,
    ports,
  });
  return it;
}

const WEB = spec();
const RUNNING = program({ name: 'running', run: RUN }, { restarts: 2 });

function resting(fields: Partial<ProcessSpecInput>, state: Program['state']): Program {
  return program(state, { spec: spec(fields) });
}

describe('a first boot', () => {
  test('starts what is to be started, in the order of the list', async () => {
    const it = await bootAfter({}, [spec({ id: 'b' }), spec({ id: 'a' })]);
    expect(it.world.deeds).toEqual(['spawn b 1', 'spawn a 1']);
    expect(it.kinds()).toEqual(['started', 'started']);
  });

  test('leaves alone what is disabled or not to be started by itself', async () => {
    const it = await bootAfter({}, [spec({ id: 'a', enabled: false }), spec({ id: 'b', autostart: false })]);
    expect(it.world.deeds).toEqual([]);
    expect(it.state('a')).toBe('disabled');
    expect(it.state('b')).toBe('stopped');
  });

  test('starts a thousand', async () => {
    const specs = Array.from({ length: 1000 }, (_, index) => spec({ id: `p${String(index)}` }));
    const it = await bootAfter({}, specs);
    expect(it.world.deeds).toHaveLength(1000);
  });
});

describe('after the death of an engine', () => {
  test('a survivor is taken over with its pid, counting no restart', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { alive: ['web'] });
    expect(it.state()).toBe('running');
    expect(it.engine.findByPid(RUN.pid)?.id).toBe('web');
    expect(it.program()).toMatchObject({ restarts: 2, counters: { history: [] } });
    expect(it.world.deeds).toEqual([]);
    expect(it.kinds()).toEqual(['adopted']);
  });

  test('a survivor that is frozen is taken over as paused', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { alive: ['web'], paused: ['web'] });
    expect(it.state()).toBe('paused');
  });

  test('a survivor that dies later is healed', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { alive: ['web'] });
    it.engine.post('web', { kind: 'exited', exit: exit(), leftovers: false });
    expect(it.world.deeds).toEqual(['close web 1', 'spawn web 2']);
    expect(it.program().restarts).toBe(3);
  });

  test('a death in between is told with its exit code and its own time, and healed', async () => {
    const exits = { web: { status: { code: 3, signal: null, coreDumped: false }, atWall: START.wall + 4000 } };
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { exits });
    expect(it.kinds()).toEqual(['crashed', 'restarted']);
    expect(it.program().lastExit?.exit).toEqual({
      code: 3,
      signal: null,
      coreDumped: false,
      atWall: START.wall + 4000,
      uptimeMs: 4000,
    });
    expect(it.world.deeds).toEqual(['close web 1', 'spawn web 2']);
  });

  test('a death that nobody saw is said to be unknown and counts as a failure', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB]);
    expect(it.world.events[0]).toMatchObject({ kind: 'crashed', data: { code: null, signal: null } });
    expect(it.program().why).toContain('exit status unknown; no engine was waiting for it');
    expect(it.world.countLiving('web')).toBe(1);
  });

  test('a good end in between is no reason to start again', async () => {
    const exits = { web: { status: { code: 0, signal: null, coreDumped: false }, atWall: START.wall } };
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { exits });
    expect(it.state()).toBe('exited');
    expect(it.world.deeds).toEqual(['close web 1']);
  });

  test('what a program left behind that died in between goes first', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { leftovers: ['web'] });
    expect(it.state()).toBe('stopping');
    it.clock.advance(100);
    expect(it.world.deeds.at(-1)).toBe('spawn web 2');
  });

  test('a start that was cut off before the spawn is made up for, and not counted twice', async () => {
    const launching = program({ name: 'launching', cause: 'crash' }, { runs: 4, restarts: 3 });
    const it = await bootAfter({ programs: [launching] }, [WEB]);
    expect(it.world.deeds).toEqual(['spawn web 4']);
    expect(it.program()).toMatchObject({ runs: 4, restarts: 3 });
  });

  test('a start that was cut off after the spawn counts as the restart that it was', async () => {
    const launching = program({ name: 'launching', cause: 'crash' }, { runs: 4, restarts: 3 });
    const it = await bootAfter({ programs: [launching] }, [WEB], { marked: [{ id: 'web', pid: 555, run: 4 }] });
    expect(it.world.deeds).toEqual([]);
    expect(it.kinds()).toEqual(['restarted']);
    expect(it.engine.findByPid(555)?.id).toBe('web');
    expect(it.program()).toMatchObject({ runs: 4, restarts: 3 });
  });

  test('one whose turn to be started had not come yet is started', async () => {
    const waiting = program({ name: 'stopped' }, { runs: 0 });
    const it = await bootAfter({ programs: [waiting] }, [WEB]);
    expect(it.world.deeds).toEqual(['spawn web 1']);
  });

  test('a stop that was under way is carried on', async () => {
    const stopping = program({ name: 'stopping', run: RUN, goal: { kind: 'stop' }, stage: 'graceful', exit: null });
    const it = await bootAfter({ programs: [stopping] }, [WEB], { alive: ['web'] });
    expect(it.state()).toBe('stopping');
    expect(it.world.deeds).toContain('SIGTERM web 1');
    const gone = await bootAfter({ programs: [stopping] }, [WEB]);
    expect(gone.state()).toBe('stopped');
  });

  test('a restart that was under way is carried on', async () => {
    const goal = { kind: 'restart', cause: 'operator' } as const;
    const stopping = program({ name: 'stopping', run: RUN, goal, stage: 'graceful', exit: null });
    const it = await bootAfter({ programs: [stopping] }, [WEB]);
    expect(it.world.deeds).toEqual(['close web 1', 'spawn web 2']);
  });

  test('what an operator stopped or disabled, what failed and what ended well stays as it is', async () => {
    const programs = [
      resting({ id: 'a' }, { name: 'stopped' }),
      resting({ id: 'b' }, { name: 'disabled' }),
      resting({ id: 'c' }, { name: 'failed' }),
      resting({ id: 'd' }, { name: 'exited' }),
    ];
    const it = await bootAfter(
      { programs },
      programs.map((known) => known.spec),
    );
    it.clock.advance(600_000);
    expect(it.world.deeds).toEqual([]);
    expect(['a', 'b', 'c', 'd'].map((id) => it.state(id))).toEqual(['stopped', 'disabled', 'failed', 'exited']);
  });

  test('what was enabled by name while no engine ran is started, whatever the earlier engine knew', async () => {
    const programs = [resting({ id: 'a' }, { name: 'disabled' }), resting({ id: 'b' }, { name: 'disabled' })];
    const it = await bootAfter({ programs, enabled: ['b'] }, [spec({ id: 'a' }), spec({ id: 'b' })]);
    expect(it.world.deeds).toEqual(['spawn b 1']);
    expect(it.state('a')).toBe('disabled');
  });

  test('a wait for the next start goes on for what is left of it', async () => {
    const waiting = program({ name: 'backoff', until: at(3000), cause: 'crash' });
    const it = await bootAfter({ programs: [waiting] }, [WEB]);
    it.clock.advance(2999);
    expect(it.world.deeds).toEqual([]);
    it.clock.advance(1);
    expect(it.world.deeds).toEqual(['spawn web 2']);
  });

  test('a cooldown goes on for what is left of it', async () => {
    const resting120 = program({ name: 'cooldown', until: at(60_000) });
    const it = await bootAfter({ programs: [resting120] }, [WEB]);
    it.clock.advance(59_999);
    expect(it.state()).toBe('cooldown');
    it.clock.advance(1);
    expect(it.state()).toBe('starting');
  });

  test('restarts of before count towards the cooldown', async () => {
    const history = [1, 2, 3, 4, 5].map(() => ({ at: START, cause: 'crash' }) as const);
    const crashing = program({ name: 'running', run: RUN }, { counters: { failures: 5, backoffStep: 3, history } });
    const it = await bootAfter({ programs: [crashing] }, [WEB], { alive: ['web'] });
    it.engine.post('web', { kind: 'exited', exit: exit(), leftovers: false });
    expect(it.state()).toBe('cooldown');
    expect(it.world.deeds).toEqual(['close web 1']);
  });

  test('a changed command does not make a duplicate of the survivor', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [spec({ command: 'other' })], { alive: ['web'] });
    expect(it.world.countLiving('web')).toBe(0);
    expect(it.engine.findByPid(RUN.pid)?.id).toBe('web');
  });
});

describe('programs that were dropped from the list while no engine ran', () => {
  test('are ended like a removal', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [], { alive: ['web'] });
    expect(it.state()).toBe('stopping');
    expect(it.world.deeds).toEqual(['SIGTERM web 1']);
    it.engine.post('web', { kind: 'exited', exit: exit(), leftovers: false });
    expect(it.forgotten).toEqual(['web']);
  });

  test('are kept while the list cannot be read: nobody knows then', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [], { alive: ['web'], isComplete: false });
    expect(it.state()).toBe('running');
  });

  test('are forgotten when they do not live', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, []);
    expect(it.engine.programs.size).toBe(0);
  });
});

describe('processes that the state file does not know', () => {
  test('a newer run than the recorded one is adopted, and the recorded one is not started again', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { marked: [{ id: 'web', pid: 555, run: 4 }] });
    expect(it.world.deeds).toEqual([]);
    expect(it.engine.findByPid(555)?.id).toBe('web');
    expect(it.program()).toMatchObject({ runs: 4, restarts: 2 });
  });

  test('a run is adopted when the state file is gone, and the next run gets the next number', async () => {
    const it = await bootAfter({}, [WEB], { marked: [{ id: 'web', pid: 555, run: 7 }] });
    expect(it.kinds()).toEqual(['adopted']);
    it.engine.post('web', { kind: 'exited', exit: exit(), leftovers: false });
    expect(it.world.deeds).toEqual(['close web 7', 'spawn web 8']);
  });

  test('the oldest process of a run is its main process', async () => {
    const marked = [
      { id: 'web', pid: 556, run: 7, session: 555 },
      { id: 'web', pid: 557, run: 7 },
      { id: 'web', pid: 555, run: 7 },
    ];
    const it = await bootAfter({}, [WEB], { marked });
    expect(it.engine.findByPid(555)?.id).toBe('web');
    expect(it.world.deeds).toEqual([]);
  });

  test('descendants without their main process are ended before the program starts', async () => {
    const marked = [{ id: 'web', pid: 556, run: 7, session: 555 }];
    const it = await bootAfter({}, [WEB], { marked });
    expect(it.world.deeds).toEqual(['end pid 556', 'spawn web 8']);
  });

  test('a second copy of an earlier run is ended, the adopted run and its daemons are not', async () => {
    const marked = [
      { id: 'web', pid: 100, run: 1 },
      { id: 'web', pid: 300, run: 3 },
      { id: 'web', pid: 301, run: 3 },
    ];
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { marked });
    expect(it.world.deeds).toEqual(['end pid 100']);
  });

  test.each([
    ['stopped', { name: 'stopped' }],
    ['disabled', { name: 'disabled' }],
    ['failed', { name: 'failed' }],
    ['in backoff', { name: 'backoff', until: at(3000), cause: 'crash' }],
  ] as const)('what a program that is %s left behind is ended', async (_, state) => {
    const known = program(state, { runs: 3 });
    const it = await bootAfter({ programs: [known] }, [WEB], { marked: [{ id: 'web', pid: 555, run: 3, session: 1 }] });
    expect(it.world.deeds).toEqual(['end pid 555']);
    expect(it.state()).toBe(state.name);
  });

  test('a program whose definition disables it is ended', async () => {
    const it = await bootAfter({}, [spec({ enabled: false })], { marked: [{ id: 'web', pid: 555, run: 3 }] });
    expect(it.world.deeds).toEqual(['end pid 555']);
    expect(it.state()).toBe('disabled');
  });

  test('leftovers that the definition wants to leave alone stay', async () => {
    const known = program({ name: 'stopped' }, { spec: spec({ leftovers: 'leave' }), runs: 3 });
    const it = await bootAfter({ programs: [known] }, [known.spec], {
      marked: [{ id: 'web', pid: 555, run: 3, session: 1 }],
    });
    expect(it.world.deeds).toEqual([]);
  });

  test.each([
    [true, ['end pid 555']],
    [false, []],
  ])(
    'a process of a program that no source names is ended when all sources were read: %s',
    async (isComplete, deeds) => {
      const it = await bootAfter({}, [], { isComplete, marked: [{ id: 'gone', pid: 555, run: 3 }] });
      expect(it.world.deeds).toEqual(deeds);
    },
  );

  test('processes of health checks are not runs', async () => {
    const it = await bootAfter({}, [WEB], { marked: [{ id: 'web', pid: 555, run: 3, kind: 'check' }] });
    expect(it.world.deeds).toEqual(['spawn web 1']);
  });
});

describe('an exit that was recorded before the engine died', () => {
  const clearing = program({
    ...{ name: 'stopping', run: RUN, goal: { kind: 'clear-up' }, stage: 'graceful' },
    exit: { code: 5, signal: null, coreDumped: false, atWall: START.wall, uptimeMs: 3000 },
  });

  test('is not recorded again while leftovers remain', async () => {
    const it = await bootAfter({ programs: [clearing] }, [WEB], { leftovers: ['web'] });
    expect(it.kinds()).toEqual([]);
    expect(it.world.deeds).toEqual(['SIGTERM web 1', 'SIGCONT web 1']);
    it.clock.advance(100);
    expect(it.kinds()).toEqual(['leftovers-ended', 'restarted']);
  });

  test('leads to the restart at once when the leftovers are gone', async () => {
    const it = await bootAfter({ programs: [clearing] }, [WEB]);
    expect(it.kinds()).toEqual(['leftovers-ended', 'restarted']);
    expect(it.program().lastExit?.exit.code).not.toBeNull();
  });
});

describe('a death that took engine, log collector and programs together', () => {
  const taken = { hasWitness: false };
  const API = program({ name: 'running', run: RUN }, { spec: spec({ id: 'api' }), restarts: 1 });

  test('is no crash: nothing is counted, and everything starts', async () => {
    const it = await bootAfter({ programs: [RUNNING, API] }, [WEB, API.spec], taken);
    expect(it.kinds()).toEqual(['exited', 'exited', 'started', 'started']);
    expect(it.program('web')).toMatchObject({ restarts: 2, counters: { failures: 0 } });
  });

  test('is a crash of the one that died when another program survived', async () => {
    const it = await bootAfter({ programs: [RUNNING, API] }, [WEB, API.spec], { ...taken, alive: ['api'] });
    expect(it.kinds()).toEqual(['crashed', 'restarted', 'adopted']);
  });

  test.each([
    ['stop', 'stopped'],
    ['disable', 'disabled'],
  ] as const)('does not start a program that was being asked to %s', async (kind, state) => {
    const stopping = program({ name: 'stopping', run: RUN, goal: { kind }, stage: 'graceful', exit: null });
    const it = await bootAfter({ programs: [stopping] }, [WEB], taken);
    expect(it.state()).toBe(state);
    expect(it.kinds()).toEqual(['exited']);
  });
});

describe('a program whose definition was disabled while no engine ran', () => {
  test('keeps its counts and its last exit', async () => {
    const disabled = spec({ enabled: false });
    const known = program({ name: 'stopped' }, { spec: disabled, runs: 3, restarts: 2 });
    const it = await bootAfter({ programs: [known] }, [disabled]);
    expect(it.state()).toBe('disabled');
    expect(it.program()).toMatchObject({ runs: 3, restarts: 2 });
  });

  test('keeps the reason that an operator gave', async () => {
    const disabled = spec({ enabled: false });
    const known = program(
      { name: 'disabled' },
      { spec: disabled, runs: 3, restarts: 1, why: 'disabled by the operator' },
    );
    const it = await bootAfter({ programs: [known] }, [disabled]);
    expect(it.program()).toMatchObject({ restarts: 1, why: 'disabled by the operator' });
  });
});

describe('after a reboot', () => {
  const past = { isSameBoot: false };

  test('pids of the earlier boot mean nothing, whoever has them now', async () => {
    const it = await bootAfter({ ...past, programs: [RUNNING] }, [WEB], { alive: ['web'] });
    expect(it.world.deeds).toEqual(['spawn web 1']);
    expect(it.kinds()).toEqual(['started']);
  });

  test('what was stopped is started, what was disabled is not', async () => {
    const programs = [resting({ id: 'a' }, { name: 'stopped' }), resting({ id: 'b' }, { name: 'disabled' })];
    const it = await bootAfter(
      { ...past, programs },
      programs.map((known) => known.spec),
    );
    expect(it.world.deeds).toEqual(['spawn a 1']);
    expect(it.state('b')).toBe('disabled');
  });

  test('a cooldown goes on', async () => {
    const it = await bootAfter({ ...past, programs: [program({ name: 'cooldown', until: at(30_000) })] }, [WEB]);
    expect(it.state()).toBe('cooldown');
    it.clock.advance(30_000);
    expect(it.state()).toBe('starting');
  });
});

describe('cooldown_state.json', () => {
  const restarts = [{ at: new Date(START.wall - 1000).toISOString(), cause: 'crash' as const }];

  test('makes a program rest of which the state file knows nothing', async () => {
    const cooldowns = { web: { restarts, cooldownUntil: new Date(START.wall + 40_000).toISOString() } };
    const it = await bootAfter({ cooldowns }, [WEB]);
    expect(it.state()).toBe('cooldown');
    it.clock.advance(39_999);
    expect(it.world.deeds).toEqual([]);
    it.clock.advance(1);
    expect(it.world.deeds).toEqual(['spawn web 1']);
  });

  test('does not make a survivor rest', async () => {
    const cooldowns = { web: { restarts, cooldownUntil: new Date(START.wall + 40_000).toISOString() } };
    const it = await bootAfter({ cooldowns, programs: [RUNNING] }, [WEB], { alive: ['web'] });
    expect(it.state()).toBe('running');
  });

  test('does not make a disabled program rest', async () => {
    const cooldowns = { web: { restarts, cooldownUntil: new Date(START.wall + 40_000).toISOString() } };
    const it = await bootAfter({ cooldowns }, [spec({ enabled: false })]);
    expect(it.state()).toBe('disabled');
  });

  test('a rest that is over starts afresh', async () => {
    const cooldowns = { web: { restarts, cooldownUntil: new Date(START.wall - 1).toISOString() } };
    const it = await bootAfter({ cooldowns }, [WEB]);
    expect(it.world.deeds).toEqual(['spawn web 1']);
  });

  test('a clock that was set back makes no rest longer than the rule', async () => {
    const cooldowns = { web: { restarts, cooldownUntil: new Date(START.wall + 86_400_000).toISOString() } };
    const it = await bootAfter({ cooldowns }, [WEB]);
    it.clock.advance(120_000);
    expect(it.state()).toBe('starting');
  });
});
