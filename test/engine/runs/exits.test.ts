import { describe, expect, test } from 'vitest';
import type { ManagedProgram } from '../../../src/engine/core/managed-program.ts';
import { Watchers } from '../../../src/engine/core/watchers.ts';
import { createUnseenExits, Exits } from '../../../src/engine/runs/exits.ts';
import type { ChildExits } from '../../../src/engine/os/launcher.ts';
import { type MainProcess, runOf } from '../../../src/policy/lifecycle/state.ts';
import type { ExitStatus } from '../../../src/protocol/run.ts';
import { program, RUN, START } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';

const CRASH: ExitStatus = { code: 1, signal: null, coreDumped: false };

/** An engine with the running program "web", whose exits the test reports. */
function createExits(isAdopted = false, examine: () => null | Promise<string | null> = () => null) {
  const it = new TestEngine();
  const known = program({ name: 'running', run: { ...RUN, adopted: true } });
  if (isAdopted) it.engine.addDecided({ program: known, actions: [] }, 'the previous engine');
  else it.run();
  const runner = {
    onExits: new Watchers<Parameters<ChildExits>>(),
    exitFact: (entry: ManagedProgram, status: ExitStatus | null, atWall: number) => ({
      kind: 'exited' as const,
      of: runOf(entry.program.state) ?? RUN,
      exit: { ...(status ?? { code: null, signal: null, coreDumped: false }), atWall, uptimeMs: 5 },
      leftovers: false,
    }),
  };
  return { it, runner, exits: new Exits(it.engine, runner, it.clock, { examine }) };
}

describe('an exit', () => {
  test('of a child restarts its program; exits of other processes are ignored', () => {
    const { it, runner } = createExits();
    runner.onExits.emit([
      { pid: 101, status: CRASH },
      { pid: 9, status: CRASH },
    ]);
    expect(it.kinds()).toEqual(['started', 'running', 'crashed', 'restarted']);
  });

  test.each<[string, isAdopted: boolean, run: number, kinds: string[]]>([
    ['restarts an adopted program', true, 1, ['crashed', 'restarted']],
    ['is ignored for another run', true, 2, []],
    ['is ignored for a child of this engine', false, 1, ['started', 'running']],
  ])('that the log collector noticed %s', (_, isAdopted, run, kinds) => {
    const { it, exits } = createExits(isAdopted);
    exits.onWitnessed({ id: 'web', run, pid: 4711, status: CRASH, atWall: START.wall });
    expect(it.kinds()).toEqual(kinds);
  });

  test.each<[string, MainProcess]>([
    ['a process that had its pid before', { ...RUN, pid: 101, startTicks: 5 }],
    ['its process of an earlier run', { ...RUN, pid: 100, startTicks: 1_000 }],
  ])('that a sample noticed is ignored for %s', (_, process) => {
    const { it, exits } = createExits();
    exits.onLost(it.entry(), process);
    expect(it.kinds()).toEqual(['started', 'running']);
  });

  test('that the log collector noticed is ignored for another process of the run', () => {
    const { it, exits } = createExits(true);
    exits.onWitnessed({ id: 'web', run: 1, pid: RUN.pid - 1, status: CRASH, atWall: START.wall });
    expect(it.kinds()).toEqual([]);
  });

  test('is ignored once the program has another main process, even if its output was read in the meantime', async () => {
    let answer: (display: string | null) => void = () => undefined;
    const read = new Promise<string | null>((resolve) => (answer = resolve));
    const { it, exits } = createExits(true, () => read);
    exits.onLost(it.entry(), RUN);
    const run = { ...RUN, pid: 4_712, forked: true };
    const { program: known } = it.entry();
    it.engine.replaceSpec({ ...known, state: { name: 'running', run } }, 'process_list.txt:1');
    answer(null);
    await read;
    await Promise.resolve();
    expect(it.kinds()).toEqual([]);
  });

  test('without a report is handled with an unknown status', () => {
    const { it, exits } = createExits();
    exits.onLost(it.entry(), { pid: 101, startTicks: 1010 });
    expect(it.program().lastExit?.exit).toMatchObject({ code: null, signal: null });
    expect(it.kinds().at(-1)).toBe('restarted');
  });
});

describe('exits of runs of the previous engine', () => {
  const witnessed = [{ id: 'web', run: 1, pid: RUN.pid, status: CRASH, atWall: START.wall - 5_000 }];

  test.each([
    ['the recorded run', 'web', 1, { status: CRASH, atWall: START.wall - 5_000 }],
    ['another run of the program', 'web', 2, { status: null, atWall: START.wall }],
    ['another program', 'db', 1, { status: null, atWall: START.wall }],
  ])('are known for %s or else unknown', (_, id, number, expected) => {
    const { clock } = new TestEngine();
    expect(createUnseenExits(witnessed, clock)({ id, run: { ...RUN, number } })).toEqual(expected);
  });
});
