import { describe, expect, test } from 'vitest';
import { boot } from '../../../src/engine/definitions/boot.ts';
import type { BootPorts, UnseenExit } from '../../../src/engine/definitions/heirs.ts';
import type { Inheritance } from '../../../src/engine/definitions/inheritance.ts';
import { InstanceCensus } from '../../../src/engine/os/instance-census.ts';
import type { MarkOwner } from '../../../src/engine/os/run-mark.ts';
import type { ProcStat } from '../../../src/base/proc-stat.ts';
import type { CooldownEntry } from '../../../src/engine/store/cooldown-file.ts';
import { toRecord } from '../../../src/engine/store/program-record.ts';
import type { StoredProgram } from '../../../src/engine/store/state-store.ts';
import { type Program, runOf } from '../../../src/policy/lifecycle/state.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import type { EventKind } from '../../../src/protocol/event-kinds.ts';
import type { ProcessSpec, ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { at, exit, program, RUN, spec, START } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';

interface Past {
  /** As recorded by the previous engine. */
  readonly programs?: readonly Program[];
  readonly cooldowns?: Readonly<Record<string, CooldownEntry>>;
  readonly cooldownSeq?: number;
  readonly events?: Inheritance['events'];
  readonly isSameBoot?: boolean;
  readonly isShutdownInterrupted?: boolean;
  readonly isRewritten?: boolean;
  /** Where its programs were defined. */
  readonly origin?: string;
  /** Ids that the registry enables. */
  readonly enabled?: readonly string[];
}

interface Present {
  readonly alive?: readonly string[];
  readonly paused?: readonly string[];
  readonly leftovers?: readonly string[];
  readonly exits?: Readonly<Record<string, UnseenExit>>;
  /** Live processes with a mark of the instance. */
  readonly marked?: readonly Marked[];
  /** Receives the runs whose remaining output is collected. */
  readonly recovered?: string[];
  /** Receives the living runs whose output is collected further, and how much happened before. */
  readonly adopted?: string[];
  /** The highest run of each program that the log collector knows. */
  readonly followed?: Readonly<Record<string, number>>;
  /** Whether the log collector is still alive; true by default. */
  readonly hasWitness?: boolean;
  readonly isComplete?: boolean;
  /** The engine is only started to end what runs. */
  readonly endsPrograms?: boolean;
}

interface Marked {
  readonly pid: number;
  readonly id: string;
  readonly run: number;
  /** The session of the process; its own by default. */
  readonly session?: number;
  readonly kind?: MarkOwner['kind'];
}

function censusOf(marked: readonly Marked[]): InstanceCensus {
  const stats = marked.map(({ pid, session = pid }): ProcStat => ({
    ...{ pid, name: 'web', state: 'S', parentPid: 1, groupId: session, sessionId: session },
    ...{ cpuTicks: 0, waitedTicks: 0, startTicks: pid, rssPages: 1, threads: 1 },
  }));
  const table = { get: () => undefined, childrenOf: () => [], relatedTo: () => [], all: () => stats };
  return new InstanceCensus(table, ({ pid }) => {
    const found = marked.find((each) => each.pid === pid);
    return found === undefined ? null : { id: found.id, kind: found.kind ?? 'run', number: found.run };
  });
}

/** The engine after its boot, with what the boot reported. */
type BootedEngine = TestEngine & {
  readonly unlisted: string[];
  readonly unknown: string[];
  /** What the next engine finds after a kill, in order: definitions, and the states of programs. */
  readonly stored: string[];
};

async function bootAfter(past: Past, specs: readonly ProcessSpec[], present: Present = {}): Promise<BootedEngine> {
  const reports = { unlisted: new Array<string>(), unknown: new Array<string>(), stored: new Array<string>() };
  const it = Object.assign(new TestEngine(), reports);
  if (present.endsPrograms === true) it.engine.suspendStarts();
  it.engine.onChange.add(({ id, program: { state } }) => {
    it.stored.push(`${id} ${state.name}${runOf(state)?.outdated === true ? ', outdated' : ''}`);
  });
  const recovered = present.recovered ?? [];
  const unknown: UnseenExit = { status: null, atWall: START.wall };
  const ports: BootPorts = {
    clock: it.clock,
    isAlive: ({ id }) => present.alive?.includes(id) ?? false,
    isPaused: ({ id }) => present.paused?.includes(id) ?? false,
    hasLeftovers: ({ id }) => present.leftovers?.includes(id) ?? false,
    exitOf: ({ id }) => present.exits?.[id] ?? unknown,
    momentOf: () => START,
    census: censusOf(present.marked ?? []),
    endProcesses: async (processes) =>
      void it.runner.actions.push(...processes.map(({ stat }) => `end pid ${stat.pid}`)),
    followUnclaimed: ({ id }, { owner }) => {
      recovered.push(`${id} ${owner.number}`);
      return () => undefined;
    },
    followAdopted: ({ id }, { run }) => {
      present.adopted?.push(`${id} ${run.number}, after ${it.runner.actions.length} actions`);
    },
    recoverOutput: (_, { id, run }) => recovered.push(`${id} ${run.number}`),
    lastFollowedRun: (id) => present.followed?.[id] ?? 0,
    hasWitness: present.hasWitness ?? true,
  };
  const stored = (past.programs ?? []).map((known): [string, StoredProgram] => [
    known.spec.id,
    { spec: known.spec, origin: past.origin ?? 'list.txt:1', program: toRecord(known) },
  ]);
  const inheritance: Inheritance = {
    stored: {
      bootId: 'the boot',
      programs: new Map(stored),
      lastSeq: 0,
      released: new Map(),
      digest: null,
      problems: [],
    },
    cooldowns: new Map(Object.entries(past.cooldowns ?? {})),
    cooldownSeq: past.cooldownSeq ?? null,
    events: past.events ?? new Map(),
    isSameBoot: past.isSameBoot ?? true,
    isShutdownInterrupted: past.isShutdownInterrupted ?? false,
    isRewritten: past.isRewritten ?? false,
    enabled: new Set(past.enabled),
  };
  const sourced = specs.map((each, index) => ({ spec: each, origin: `process_list.txt:${String(index + 1)}` }));
  await boot({
    engine: it.engine,
    specs: sourced,
    isComplete: present.isComplete ?? true,
    inheritance,
    ports,
    putSpec: ({ spec: { id } }) => void it.stored.push(`definition of ${id}`),
    onUnlisted: (id) => void it.unlisted.push(id),
    onUnknown: (id, pid) => void it.unknown.push(`${id} ${String(pid)}`),
  });
  return it;
}

const WEB = spec();
const RUNNING = program({ name: 'running', run: RUN }, { restarts: 2 });

function eventOf(seq: number, kind: EventKind, pid: number, data: EngineEvent['data']): EngineEvent {
  const time = new Date(START.wall).toISOString();
  return { seq, time, kind, process: 'web', pid, reason: `the process ${kind}`, data };
}

function resting(fields: Partial<ProcessSpecInput>, state: Program['state']): Program {
  return program(state, { spec: spec(fields) });
}

describe('a first boot', () => {
  test('starts the programs in the order of the list', async () => {
    const it = await bootAfter({}, [spec({ id: 'b' }), spec({ id: 'a' })]);
    expect(it.runner.actions).toEqual(['spawn b 1', 'spawn a 1']);
    expect(it.kinds()).toEqual(['started', 'started']);
  });

  test('does not start programs that are disabled or without autostart', async () => {
    const it = await bootAfter({}, [spec({ id: 'a', enabled: false }), spec({ id: 'b', autostart: false })]);
    expect(it.runner.actions).toEqual([]);
    expect(it.state('a')).toBe('disabled');
    expect(it.state('b')).toBe('stopped');
  });

  test('starts a thousand programs', async () => {
    const specs = Array.from({ length: 1000 }, (_, index) => spec({ id: `p${String(index)}` }));
    const it = await bootAfter({}, specs);
    expect(it.runner.actions).toHaveLength(1000);
  });
});

describe('after an engine was killed', () => {
  test('a running program is adopted with its pid, and no restart is counted', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { alive: ['web'] });
    expect(it.state()).toBe('running');
    expect(it.engine.findByPid(RUN.pid)?.id).toBe('web');
    expect(it.program()).toMatchObject({ restarts: 2, counters: { history: [] } });
    expect(it.runner.actions).toEqual([]);
    expect(it.kinds()).toEqual(['adopted']);
  });

  test('a stopped process is adopted as a paused program', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { alive: ['web'], paused: ['web'] });
    expect(it.state()).toBe('paused');
  });

  test('an adopted program that crashes later is restarted', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { alive: ['web'] });
    it.engine.post('web', { kind: 'exited', of: it.main(), exit: exit(), leftovers: false });
    expect(it.runner.actions).toEqual(['close web 1', 'spawn web 2']);
    expect(it.program().restarts).toBe(3);
  });

  test('an exit in between is reported with its exit code and time, and the program is restarted', async () => {
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
    expect(it.runner.actions).toEqual(['close web 1', 'spawn web 2']);
  });

  test('an exit that was not recorded has an unknown status and counts as a failure', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB]);
    expect(it.runner.events[0]).toMatchObject({ kind: 'crashed', data: { code: null, signal: null } });
    expect(it.program().why).toContain('exit status unknown; no engine was waiting for it');
    expect(it.runner.countRunning('web')).toBe(1);
  });

  test('a program that exited with code 0 in between is not restarted', async () => {
    const exits = { web: { status: { code: 0, signal: null, coreDumped: false }, atWall: START.wall } };
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { exits });
    expect(it.state()).toBe('exited');
    expect(it.runner.actions).toEqual(['close web 1']);
  });

  test('leftovers of a program that exited in between are terminated before its restart', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { leftovers: ['web'] });
    expect(it.state()).toBe('stopping');
    it.clock.advance(100);
    expect(it.runner.actions.at(-1)).toBe('spawn web 2');
  });

  test('leftovers of a stop that was interrupted are terminated again', async () => {
    const stopping = program({ name: 'stopping', run: RUN, goal: { kind: 'stop' }, stage: 'graceful', exit: null });
    const it = await bootAfter({ programs: [stopping] }, [WEB], { leftovers: ['web'] });
    expect(it.state()).toBe('stopping');
    expect(it.runner.actions).toEqual(['SIGTERM to tree of web 1', 'SIGCONT web 1']);
    it.clock.advance(100);
    expect(it.state()).toBe('stopped');
  });

  test('a start that was interrupted before the spawn is repeated, and counted once', async () => {
    const launching = program({ name: 'launching', cause: 'crash' }, { runs: 4, restarts: 2 });
    const it = await bootAfter({ programs: [launching] }, [WEB]);
    expect(it.runner.actions).toEqual(['spawn web 4']);
    expect(it.program()).toMatchObject({ runs: 4, restarts: 3 });
  });

  test('a restart that was interrupted after the spawn is counted', async () => {
    const launching = program({ name: 'launching', cause: 'crash' }, { runs: 4, restarts: 2 });
    const it = await bootAfter({ programs: [launching] }, [WEB], { marked: [{ id: 'web', pid: 555, run: 4 }] });
    expect(it.runner.actions).toEqual([]);
    expect(it.kinds()).toEqual(['restarted']);
    expect(it.engine.findByPid(555)?.id).toBe('web');
    expect(it.program()).toMatchObject({ runs: 4, restarts: 3 });
  });

  test('an exit that the previous engine recorded, but not in the state file, is not recorded again', async () => {
    const events = new Map([['web', [eventOf(9, 'crashed', RUN.pid, { code: 3, signal: null, uptimeMs: 1_000 })]]]);
    const it = await bootAfter({ programs: [RUNNING], events }, [WEB], { hasWitness: false });
    expect(it.kinds().filter((kind) => kind === 'crashed' || kind === 'exited')).toEqual([]);
    expect(it.runner.actions).toEqual(['close web 1', 'spawn web 2']);
    expect(it.program()).toMatchObject({ restarts: 3, lastExit: { exit: { code: 3 } } });
  });

  test('a restart that the previous engine recorded, but not in the state file, is adopted and counted once', async () => {
    const events = new Map([
      ['web', [eventOf(9, 'crashed', RUN.pid, { code: 3 }), eventOf(10, 'restarted', 555, { run: 2, cause: 'crash' })]],
    ]);
    const it = await bootAfter({ programs: [RUNNING], events }, [WEB], { marked: [{ id: 'web', pid: 555, run: 2 }] });
    expect(it.kinds()).toEqual(['adopted']);
    expect(it.runner.actions).toEqual([]);
    expect(it.program()).toMatchObject({ runs: 2, restarts: 3 });
  });

  test('a run known only from its event is never signaled by its pid alone', async () => {
    const events = new Map([['web', [eventOf(9, 'started', 555, { run: 2, cause: 'boot' })]]]);
    const it = await bootAfter({ programs: [resting({}, { name: 'stopped' })], events }, [WEB]);
    expect(it.kinds()[0]).toBe('crashed');
    expect(it.runner.actions).toEqual(['close web 2', 'spawn web 3']);
  });

  test('the remaining output of a run that exited in between is collected before it is closed', async () => {
    const recovered: string[] = [];
    await bootAfter({ programs: [RUNNING] }, [WEB], { recovered });
    await bootAfter({ programs: [RUNNING] }, [WEB], { recovered, alive: ['web'] });
    expect(recovered).toEqual(['web 1']);
  });

  test('a run never gets a number that the log collector knows', async () => {
    const known = { followed: { web: 7 } };
    expect((await bootAfter({ programs: [RUNNING] }, [WEB], known)).runner.actions).toEqual([
      'close web 1',
      'spawn web 8',
    ]);
    expect((await bootAfter({}, [WEB], known)).runner.actions).toEqual(['spawn web 8']);
  });

  test('a program that had not been started yet is started', async () => {
    const waiting = program({ name: 'stopped' }, { runs: 0 });
    const it = await bootAfter({ programs: [waiting] }, [WEB]);
    expect(it.runner.actions).toEqual(['spawn web 1']);
  });

  test('a stop in progress is continued', async () => {
    const stopping = program({ name: 'stopping', run: RUN, goal: { kind: 'stop' }, stage: 'graceful', exit: null });
    const it = await bootAfter({ programs: [stopping] }, [WEB], { alive: ['web'] });
    expect(it.state()).toBe('stopping');
    expect(it.runner.actions).toContain('SIGTERM web 1');
    const gone = await bootAfter({ programs: [stopping] }, [WEB]);
    expect(gone.state()).toBe('stopped');
  });

  test('a restart in progress is continued', async () => {
    const goal = { kind: 'restart', cause: 'operator' } as const;
    const stopping = program({ name: 'stopping', run: RUN, goal, stage: 'graceful', exit: null });
    const it = await bootAfter({ programs: [stopping] }, [WEB]);
    expect(it.runner.actions).toEqual(['close web 1', 'spawn web 2']);
  });

  test('programs that were stopped, disabled, failed or completed stay in that state', async () => {
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
    expect(it.runner.actions).toEqual([]);
    expect(['a', 'b', 'c', 'd'].map((id) => it.state(id))).toEqual(['stopped', 'disabled', 'failed', 'exited']);
  });

  test('a program that was enabled by command while no engine ran is started, whatever the previous engine recorded', async () => {
    const programs = [resting({ id: 'a' }, { name: 'disabled' }), resting({ id: 'b' }, { name: 'disabled' })];
    const it = await bootAfter({ programs, enabled: ['b'] }, [spec({ id: 'a' }), spec({ id: 'b' })]);
    expect(it.runner.actions).toEqual(['spawn b 2']);
    expect(it.state('a')).toBe('disabled');
  });

  test('a backoff continues for the remaining time', async () => {
    const waiting = program({ name: 'backoff', until: at(3000), cause: 'crash' });
    const it = await bootAfter({ programs: [waiting] }, [WEB]);
    it.clock.advance(2999);
    expect(it.runner.actions).toEqual([]);
    it.clock.advance(1);
    expect(it.runner.actions).toEqual(['spawn web 2']);
  });

  test('a cooldown continues for the remaining time', async () => {
    const resting120 = program({ name: 'cooldown', until: at(60_000) });
    const it = await bootAfter({ programs: [resting120] }, [WEB]);
    it.clock.advance(59_999);
    expect(it.state()).toBe('cooldown');
    it.clock.advance(1);
    expect(it.state()).toBe('starting');
  });

  test('restarts under the previous engine count towards the cooldown', async () => {
    const history = [1, 2, 3, 4, 5].map(() => ({ at: START, cause: 'crash' }) as const);
    const crashing = program({ name: 'running', run: RUN }, { counters: { failures: 5, backoffStep: 3, history } });
    const it = await bootAfter({ programs: [crashing] }, [WEB], { alive: ['web'] });
    it.engine.post('web', { kind: 'exited', of: it.main(), exit: exit(), leftovers: false });
    expect(it.state()).toBe('cooldown');
    expect(it.runner.actions).toEqual(['close web 1']);
  });

  test.each([
    ['a changed command is outdated', { command: 'other' }, true, true],
    ['a changed limit is not outdated: it takes effect at once', { limits: { memoryMb: 10 } }, true, undefined],
    ['another environment is not outdated: nothing was edited', { env: { PORT: '2' } }, false, undefined],
  ])('a run whose definition has %s', async (_what, fields, isRewritten, outdated) => {
    const it = await bootAfter({ programs: [RUNNING], isRewritten }, [spec(fields)], { alive: ['web'] });
    expect(it.program().state).toMatchObject({ name: 'running', run: { number: RUN.number } });
    expect(runOf(it.program().state)?.outdated).toBe(outdated);
  });

  test('a changed command is stored together with the note that the run is outdated, one program after the other', async () => {
    const programs = ['a', 'b'].map((id) => ({ ...RUNNING, spec: spec({ id }) }));
    const specs = ['a', 'b'].map((id) => spec({ id, command: 'other' }));
    const it = await bootAfter({ programs, isRewritten: true }, specs, { alive: ['a', 'b'] });
    expect(it.stored).toEqual(['definition of a', 'a running, outdated', 'definition of b', 'b running, outdated']);
  });

  test('a changed command does not start a duplicate of an adopted program', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [spec({ command: 'other' })], { alive: ['web'] });
    expect(it.runner.countRunning('web')).toBe(0);
    expect(it.engine.findByPid(RUN.pid)?.id).toBe('web');
  });
});

describe('a program that starts with the engine is never stored as stopped, in case that this engine is killed too,', () => {
  test.each<[what: string, past: Past, present: Present]>([
    ['after everything was killed', { programs: [RUNNING] }, { hasWitness: false }],
    [
      'after a shutdown was interrupted',
      { programs: [{ ...RUNNING, state: { name: 'stopped' }, runs: 1 }], isShutdownInterrupted: true },
      {},
    ],
    [
      'after it was enabled',
      { programs: [{ ...RUNNING, state: { name: 'disabled' }, runs: 1 }], enabled: ['web'] },
      {},
    ],
  ])('%s', async (_, past, present) => {
    const it = await bootAfter(past, [WEB], present);
    expect(it.stored.slice(0, 2)).toEqual(['definition of web', 'web waiting']);
    expect(it.stored).not.toContain('web stopped');
    expect(it.runner.countRunning('web')).toBe(1);
  });

  test('and the next engine starts it', async () => {
    const due = program({ name: 'waiting', cause: 'boot', reason: 'started with the engine' }, { runs: 1 });
    const it = await bootAfter({ programs: [due] }, [WEB], { hasWitness: false });
    expect(it.runner.countRunning('web')).toBe(1);
    expect(it.kinds()).toEqual(['started']);
  });
});

describe('a shutdown that was interrupted by the death of the engine', () => {
  const stopping = program({ name: 'stopping', run: RUN, goal: { kind: 'stop' }, stage: 'graceful', exit: null });
  const stopped = program({ name: 'stopped' }, { runs: 3 });
  const after = (known: Program, present: Present = {}, fields: Partial<ProcessSpecInput> = {}) =>
    bootAfter({ programs: [known], isShutdownInterrupted: true }, [spec(fields)], present);

  test('starts what was stopped already', async () => {
    const it = await after(stopped);
    expect(it.runner.actions).toEqual(['spawn web 4']);
  });

  test('continues a stop, and then starts the program', async () => {
    const it = await after(stopping, { alive: ['web'] });
    expect(it.state()).toBe('stopping');
    it.engine.post('web', { kind: 'exited', of: it.main(), exit: exit(), leftovers: false });
    expect(it.runner.actions.at(-1)).toBe(`spawn web ${RUN.number + 1}`);
  });

  test('starts a program that exited in the meantime', async () => {
    const it = await after(stopping);
    expect(it.runner.actions.at(-1)).toBe(`spawn web ${RUN.number + 1}`);
  });

  test.each([
    ['is disabled', program({ name: 'disabled' }, { runs: 3 }), {}, 'disabled'],
    ['does not start by itself', stopped, { autostart: false }, 'stopped'],
    ['has exited by itself', program({ name: 'exited' }, { runs: 3 }), {}, 'exited'],
  ] as const)('does not start a program that %s', async (_, known, fields, state) => {
    const it = await after(known, {}, fields);
    expect(it.runner.actions).toEqual([]);
    expect(it.state()).toBe(state);
  });
});

test('an exit in between is written together with the state that follows, in case that this engine is killed too', async () => {
  const exits = { web: { status: { code: 3, signal: null, coreDumped: false }, atWall: START.wall + 4000 } };
  const it = await bootAfter({ programs: [RUNNING] }, [WEB], { exits, leftovers: ['web'] });
  expect(it.commits).toEqual(['web stopping: crashed']);
});

describe('an engine that is only started to end what runs', () => {
  const stopping = program({ name: 'stopping', run: RUN, goal: { kind: 'stop' }, stage: 'graceful', exit: null });
  const restarting = program({ ...stopping.state, goal: { kind: 'restart', cause: 'operator' } } as Program['state']);

  test.each<[what: string, known: Program | null, past: Past]>([
    ['whose stop by a shutdown was interrupted', stopping, { isShutdownInterrupted: true }],
    [
      'that an interrupted shutdown had stopped',
      program({ name: 'stopped' }, { runs: 3 }),
      { isShutdownInterrupted: true },
    ],
    ['whose restart was interrupted', restarting, {}],
    ['that crashed meanwhile', RUNNING, {}],
    ['that was about to start', program({ name: 'launching', cause: 'boot' }, { runs: 1 }), {}],
    ['that waited for its start', program({ name: 'waiting', cause: 'boot', reason: 'started with the engine' }), {}],
    ['whose delay has passed', program({ name: 'backoff', until: START, delayMs: 0, cause: 'crash' }), {}],
    ['that was added meanwhile', null, {}],
  ])('starts no program %s', async (_what, known, past) => {
    const it = await bootAfter({ ...past, programs: known === null ? [] : [known] }, [WEB], { endsPrograms: true });
    it.clock.advance(60_000);
    expect(it.runner.actions.filter((action) => action.startsWith('spawn'))).toEqual([]);
  });

  test('lets the next engine start a program whose start it has not completed', async () => {
    const launching = program({ name: 'launching', cause: 'boot' }, { runs: 1 });
    const it = await bootAfter({ programs: [launching] }, [WEB], { endsPrograms: true });
    expect(it.program()).toMatchObject({ state: { name: 'waiting', cause: 'boot' } });
    const next = await bootAfter({ programs: [it.program()] }, [WEB]);
    expect(next.runner.countRunning('web')).toBe(1);
  });
});

describe('programs that no source defines any more', () => {
  test.each([
    ['/srv/list.txt:3', true],
    ['/srv/list.txt:3', false],
    ['registry', false],
  ])('keep running and are reported, defined in %s, with complete sources: %s', async (origin, isComplete) => {
    const it = await bootAfter({ programs: [RUNNING], origin }, [], { alive: ['web'], isComplete });
    expect(it.state()).toBe('running');
    expect(it.runner.actions).toEqual([]);
    expect(it.unlisted).toEqual(['web']);
  });

  test('are stopped as on removal if the registry defined them, since a command removed them', async () => {
    const it = await bootAfter({ programs: [RUNNING], origin: 'registry' }, [], { alive: ['web'] });
    expect(it.unlisted).toEqual([]);
    expect(it.state()).toBe('stopping');
    expect(it.runner.actions).toEqual(['SIGTERM web 1', 'SIGCONT web 1']);
    it.engine.post('web', { kind: 'exited', of: it.main(), exit: exit(), leftovers: false });
    expect(it.forgotten).toEqual(['web']);
  });

  test('are stopped if they are instances above the number that is defined now', async () => {
    const instance = (index: number) => spec({ id: `web-${String(index)}`, env: { HEALER_INSTANCE: String(index) } });
    const running = { ...RUNNING, spec: instance(1) };
    const it = await bootAfter({ programs: [running] }, [instance(0)], { alive: ['web-1'] });
    expect(it.runner.actions).toContain('SIGTERM web-1 1');
    expect(it.unlisted).toEqual([]);
  });

  test('are removed if they are not running, after their exit was recorded and their output collected', async () => {
    const recovered: string[] = [];
    const it = await bootAfter({ programs: [RUNNING] }, [], { recovered });
    expect(it.kinds()).toEqual(['exited', 'removed']);
    expect(it.engine.programs.size).toBe(0);
    expect(recovered).toEqual([`web ${RUN.number}`]);
    expect(it.runner.actions).toEqual([`close web ${RUN.number}`]);
  });

  test('are removed if everything died with the engine', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [], { hasWitness: false });
    expect(it.kinds()).toEqual(['exited', 'removed']);
    expect(it.engine.programs.size).toBe(0);
  });

  test.each([
    ['in backoff', { name: 'backoff', until: at(3000), cause: 'crash' }],
    ['launching', { name: 'launching', cause: 'boot', crash: null }],
    ['in cooldown', { name: 'cooldown', until: at(3000) }],
    ['disabled', { name: 'disabled' }],
  ] as const)('are removed if they are %s', async (_, state) => {
    const it = await bootAfter({ programs: [program(state, { runs: 3 })] }, []);
    expect(it.kinds()).toEqual(['removed']);
    expect(it.runner.actions).toEqual([]);
    expect(it.engine.programs.size).toBe(0);
  });

  test('are not removed while a source that may define them cannot be read', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [], { isComplete: false });
    expect(it.kinds()).toEqual([]);
    expect(it.forgotten).toEqual([]);
  });
});

describe('processes that are missing from the state file', () => {
  test('a run newer than the recorded one is adopted, and nothing is restarted', async () => {
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { marked: [{ id: 'web', pid: 555, run: 4 }] });
    expect(it.runner.actions).toEqual([]);
    expect(it.engine.findByPid(555)?.id).toBe('web');
    expect(it.program()).toMatchObject({ runs: 4, restarts: 2 });
  });

  test('a run is adopted without a state file, and the next run gets the next number', async () => {
    const it = await bootAfter({}, [WEB], { marked: [{ id: 'web', pid: 555, run: 7 }] });
    expect(it.kinds()).toEqual(['adopted']);
    it.engine.post('web', { kind: 'exited', of: it.main(), exit: exit(), leftovers: false });
    expect(it.runner.actions).toEqual(['close web 7', 'spawn web 8']);
  });

  test('the oldest process of a run is its main process', async () => {
    const marked = [
      { id: 'web', pid: 556, run: 7, session: 555 },
      { id: 'web', pid: 557, run: 7 },
      { id: 'web', pid: 555, run: 7 },
    ];
    const it = await bootAfter({}, [WEB], { marked });
    expect(it.engine.findByPid(555)?.id).toBe('web');
    expect(it.runner.actions).toEqual([]);
  });

  test('descendants without their main process are terminated before the program starts', async () => {
    const marked = [{ id: 'web', pid: 556, run: 7, session: 555 }];
    const it = await bootAfter({}, [WEB], { marked });
    expect(it.runner.actions).toEqual(['end pid 556', 'spawn web 8']);
  });

  test('a duplicate from a previous run is terminated, the adopted run and its daemons are not', async () => {
    const marked = [
      { id: 'web', pid: 100, run: 1 },
      { id: 'web', pid: 300, run: 3 },
      { id: 'web', pid: 301, run: 3 },
    ];
    const it = await bootAfter({ programs: [RUNNING] }, [WEB], { marked });
    expect(it.runner.actions).toEqual(['end pid 100']);
  });

  test.each([
    ['stopped', { name: 'stopped' }],
    ['disabled', { name: 'disabled' }],
    ['failed', { name: 'failed' }],
    ['in backoff', { name: 'backoff', until: at(3000), cause: 'crash' }],
  ] as const)('leftovers of a program that is %s are terminated', async (_, state) => {
    const known = program(state, { runs: 3 });
    const it = await bootAfter({ programs: [known] }, [WEB], { marked: [{ id: 'web', pid: 555, run: 3, session: 1 }] });
    expect(it.runner.actions).toEqual(['end pid 555']);
    expect(it.state()).toBe(state.name);
  });

  test('the output of a program is collected before it is stopped because it was disabled', async () => {
    const adopted: string[] = [];
    const disabled = spec({ enabled: false });
    const it = await bootAfter({ programs: [RUNNING] }, [disabled], { alive: ['web'], adopted });
    expect(adopted).toEqual([`web ${RUN.number}, after 0 actions`]);
    expect(it.state()).toBe('stopping');
  });

  test('a program that its definition disables is terminated', async () => {
    const it = await bootAfter({}, [spec({ enabled: false })], { marked: [{ id: 'web', pid: 555, run: 3 }] });
    expect(it.runner.actions).toEqual(['end pid 555']);
    expect(it.state()).toBe('disabled');
  });

  test('leftovers are left alone if the definition says so', async () => {
    const known = program({ name: 'stopped' }, { spec: spec({ leftovers: 'leave' }), runs: 3 });
    const it = await bootAfter({ programs: [known] }, [known.spec], {
      marked: [{ id: 'web', pid: 555, run: 3, session: 1 }],
    });
    expect(it.runner.actions).toEqual([]);
  });

  test.each([true, false])(
    'a main process of an undefined program is left alone and reported, with complete sources: %s',
    async (isComplete) => {
      const it = await bootAfter({}, [], { isComplete, marked: [{ id: 'gone', pid: 555, run: 3 }] });
      expect(it.runner.actions).toEqual([]);
      expect(it.unknown).toEqual(['gone 555']);
    },
  );

  test.each([
    [true, ['end pid 555']],
    [false, []],
  ])(
    'leftovers of an undefined program are terminated only if all sources were read: %s',
    async (isComplete, actions) => {
      const it = await bootAfter({}, [], { isComplete, marked: [{ id: 'gone', pid: 555, run: 3, session: 1 }] });
      expect(it.runner.actions).toEqual(actions);
      expect(it.unknown).toEqual([]);
    },
  );

  test('processes of health checks are not runs', async () => {
    const it = await bootAfter({}, [WEB], { marked: [{ id: 'web', pid: 555, run: 3, kind: 'check' }] });
    expect(it.runner.actions).toEqual(['spawn web 1']);
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
    expect(it.runner.actions).toEqual(['SIGTERM to tree of web 1', 'SIGCONT web 1']);
    it.clock.advance(100);
    expect(it.kinds()).toEqual(['leftovers-ended', 'restarted']);
  });

  test('leads to an immediate restart once the leftovers have exited', async () => {
    const it = await bootAfter({ programs: [clearing] }, [WEB]);
    expect(it.kinds()).toEqual(['leftovers-ended', 'restarted']);
    expect(it.program().lastExit?.exit.code).not.toBeNull();
  });
});

describe('a kill of engine, log collector and programs together', () => {
  const taken = { hasWitness: false };
  const API = program({ name: 'running', run: RUN }, { spec: spec({ id: 'api' }), restarts: 1 });

  test('is not a crash: nothing is counted, and all programs start', async () => {
    const it = await bootAfter({ programs: [RUNNING, API] }, [WEB, API.spec], taken);
    expect(it.kinds()).toEqual(['exited', 'exited', 'started', 'started']);
    expect(it.program('web')).toMatchObject({ restarts: 2, counters: { failures: 0 } });
  });

  const killed = (atWall: number, signal: NodeJS.Signals = 'SIGKILL'): UnseenExit => ({
    status: { code: null, signal, coreDumped: false },
    atWall,
  });

  test('is not a crash if the log collector recorded some of the exits before it was killed', async () => {
    const exits = { web: killed(START.wall + 100), api: killed(START.wall + 900) };
    const it = await bootAfter({ programs: [RUNNING, API] }, [WEB, API.spec], { ...taken, exits });
    expect(it.kinds()).toEqual(['exited', 'exited', 'started', 'started']);
    const some = await bootAfter({ programs: [RUNNING, API] }, [WEB, API.spec], {
      ...taken,
      exits: { web: exits.web },
    });
    expect(some.kinds()).toEqual(['exited', 'exited', 'started', 'started']);
  });

  test.each([
    ['they are far apart', killed(START.wall + 60_000)],
    ['one of them is a crash', killed(START.wall, 'SIGSEGV')],
    ['one of them has an exit code', { status: { code: 3, signal: null, coreDumped: false }, atWall: START.wall }],
  ])('is a crash if the log collector recorded the exits and %s', async (_, api) => {
    const exits = { web: killed(START.wall), api };
    const it = await bootAfter({ programs: [RUNNING, API] }, [WEB, API.spec], { ...taken, exits });
    expect(it.kinds().filter((kind) => kind === 'crashed')).toHaveLength(2);
  });

  test('is a crash if another program survived', async () => {
    const it = await bootAfter({ programs: [RUNNING, API] }, [WEB, API.spec], { ...taken, alive: ['api'] });
    expect(it.kinds()).toEqual(['crashed', 'restarted', 'adopted']);
  });

  test.each([
    ['stop', 'stopped'],
    ['disable', 'disabled'],
  ] as const)('does not start a program whose %s was in progress', async (kind, state) => {
    const stopping = program({ name: 'stopping', run: RUN, goal: { kind }, stage: 'graceful', exit: null });
    const it = await bootAfter({ programs: [stopping] }, [WEB], taken);
    expect(it.state()).toBe(state);
    expect(it.kinds()).toEqual(['exited']);
  });
});

describe('a program that was enabled while no engine ran', () => {
  const disabled = { ...program({ name: 'disabled' }, { runs: 3, restarts: 2 }) };

  test.each([true, false])('keeps its counters and its run numbers (same boot: %s)', async (isSameBoot) => {
    const it = await bootAfter({ programs: [disabled], enabled: ['web'], isSameBoot }, [WEB]);
    expect(it.runner.actions).toEqual(['spawn web 4']);
    expect(it.program()).toMatchObject({ runs: 4, restarts: 2 });
  });

  test('is not started without autostart', async () => {
    const manual = spec({ autostart: false });
    const it = await bootAfter({ programs: [{ ...disabled, spec: manual }], enabled: ['web'] }, [manual]);
    expect(it.runner.actions).toEqual([]);
    expect(it.state()).toBe('stopped');
  });

  test('starts once the stop of its disable is complete', async () => {
    const stopping = program({ name: 'stopping', run: RUN, goal: { kind: 'disable' }, stage: 'graceful', exit: null });
    const it = await bootAfter({ programs: [stopping], enabled: ['web'] }, [WEB], { alive: ['web'] });
    it.engine.post('web', { kind: 'exited', of: it.main(), exit: exit(), leftovers: false });
    expect(it.runner.actions.at(-1)).toBe('spawn web 2');
  });
});

describe('a program whose definition was disabled while no engine ran', () => {
  test('is not started again when it exited in the meantime', async () => {
    const disabled = spec({ enabled: false });
    const known = program({ name: 'running', run: RUN }, { spec: disabled, restarts: 2 });
    const it = await bootAfter({ programs: [known] }, [disabled]);
    expect(it.state()).toBe('disabled');
    expect(it.kinds()).toEqual(['exited', 'disabled']);
    expect(it.program().restarts).toBe(2);
  });

  test('is stopped when it still runs', async () => {
    const disabled = spec({ enabled: false });
    const known = program({ name: 'running', run: RUN }, { spec: disabled });
    const it = await bootAfter({ programs: [known] }, [disabled], { alive: ['web'] });
    expect(it.runner.actions).toEqual(['SIGTERM web 1', 'SIGCONT web 1']);
    it.engine.post('web', { kind: 'exited', of: it.main(), exit: exit(), leftovers: false });
    expect(it.state()).toBe('disabled');
  });

  test('keeps its counters and its last exit', async () => {
    const disabled = spec({ enabled: false });
    const known = program({ name: 'stopped' }, { spec: disabled, runs: 3, restarts: 2 });
    const it = await bootAfter({ programs: [known] }, [disabled]);
    expect(it.state()).toBe('disabled');
    expect(it.program()).toMatchObject({ runs: 3, restarts: 2 });
  });

  test('keeps the reason for a disable by the operator', async () => {
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

  test('pids of the previous boot are ignored', async () => {
    const it = await bootAfter({ ...past, programs: [RUNNING] }, [WEB], { alive: ['web'] });
    expect(it.runner.actions).toEqual(['spawn web 1']);
    expect(it.kinds()).toEqual(['started']);
  });

  test('a stopped program is started, a disabled one is not', async () => {
    const programs = [resting({ id: 'a' }, { name: 'stopped' }), resting({ id: 'b' }, { name: 'disabled' })];
    const it = await bootAfter(
      { ...past, programs },
      programs.map((known) => known.spec),
    );
    expect(it.runner.actions).toEqual(['spawn a 1']);
    expect(it.state('b')).toBe('disabled');
  });

  test('a cooldown continues', async () => {
    const it = await bootAfter({ ...past, programs: [program({ name: 'cooldown', until: at(30_000) })] }, [WEB]);
    expect(it.state()).toBe('cooldown');
    it.clock.advance(30_000);
    expect(it.state()).toBe('starting');
  });
});

describe('cooldown_state.json', () => {
  test('still counts restarts when the state file is lost', async () => {
    const recent = [1, 2, 3, 4, 5].map(() => ({
      at: new Date(START.wall - 1000).toISOString(),
      cause: 'crash' as const,
    }));
    const it = await bootAfter({ cooldowns: { web: { restarts: recent, cooldownUntil: null } } }, [WEB]);
    expect(it.runner.actions).toEqual(['spawn web 1']);
    it.engine.post('web', { kind: 'exited', of: it.main(), exit: exit(), leftovers: false });
    expect(it.state()).toBe('cooldown');
  });

  const restarts = [{ at: new Date(START.wall - 1000).toISOString(), cause: 'crash' as const }];

  test('puts a program in cooldown that is missing from the state file', async () => {
    const cooldowns = { web: { restarts, cooldownUntil: new Date(START.wall + 40_000).toISOString() } };
    const it = await bootAfter({ cooldowns }, [WEB]);
    expect(it.state()).toBe('cooldown');
    it.clock.advance(39_999);
    expect(it.runner.actions).toEqual([]);
    it.clock.advance(1);
    expect(it.runner.actions).toEqual(['spawn web 1']);
  });

  test('does not put an adopted program in cooldown', async () => {
    const cooldowns = { web: { restarts, cooldownUntil: new Date(START.wall + 40_000).toISOString() } };
    const it = await bootAfter({ cooldowns, programs: [RUNNING] }, [WEB], { alive: ['web'] });
    expect(it.state()).toBe('running');
  });

  test('does not put a disabled program in cooldown', async () => {
    const cooldowns = { web: { restarts, cooldownUntil: new Date(START.wall + 40_000).toISOString() } };
    const it = await bootAfter({ cooldowns }, [spec({ enabled: false })]);
    expect(it.state()).toBe('disabled');
  });

  test.each<[string, number | null, string]>([
    ['is used if it is as new as the record', 9, 'cooldown'],
    ['is used if an earlier version wrote it', null, 'cooldown'],
    ['has no say if the record is newer, for example because the cooldown was reset', 8, 'stopped'],
  ])('%s', async (_what, cooldownSeq, expected) => {
    const cooldowns = { web: { restarts, cooldownUntil: new Date(START.wall + 40_000).toISOString() } };
    const events = new Map([['web', [eventOf(9, 'stopped', RUN.pid, {})]]]);
    const known = program({ name: 'stopped' }, { restarts: 2 });
    const past = { cooldowns, events, programs: [known], ...(cooldownSeq === null ? {} : { cooldownSeq }) };
    const it = await bootAfter(past, [WEB]);
    expect(it.state()).toBe(expected);
    expect(it.program().counters.history).toHaveLength(expected === 'cooldown' ? 1 : 0);
  });

  test('an expired cooldown has no effect', async () => {
    const cooldowns = { web: { restarts, cooldownUntil: new Date(START.wall - 1).toISOString() } };
    const it = await bootAfter({ cooldowns }, [WEB]);
    expect(it.runner.actions).toEqual(['spawn web 1']);
  });

  test('a clock that was set back does not extend a cooldown beyond its configured duration', async () => {
    const cooldowns = { web: { restarts, cooldownUntil: new Date(START.wall + 86_400_000).toISOString() } };
    const it = await bootAfter({ cooldowns }, [WEB]);
    it.clock.advance(120_000);
    expect(it.state()).toBe('starting');
  });
});
