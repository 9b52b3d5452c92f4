import { describe, expect, test } from 'vitest';
import { Watchers } from '../../../src/engine/core/watchers.ts';
import { createUnseenExits, Exits } from '../../../src/engine/runs/exits.ts';
import type { ChildExits } from '../../../src/engine/os/launcher.ts';
import type { ExitStatus } from '../../../src/protocol/run.ts';
import { program, RUN, START } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';

const CRASH: ExitStatus = { code: 1, signal: null, coreDumped: false };

/** An engine with the running program "web", whose exits the test reports. */
function createExits(isAdopted = false) {
  const it = new TestEngine();
  const known = program({ name: 'running', run: { ...RUN, adopted: true } });
  if (isAdopted) it.engine.addDecided({ program: known, actions: [] }, 'the previous engine');
  else it.run();
  const runner = {
    onExits: new Watchers<Parameters<ChildExits>>(),
    exitFact: (_entry: unknown, status: ExitStatus | null, atWall: number) => ({
      kind: 'exited' as const,
      exit: { ...(status ?? { code: null, signal: null, coreDumped: false }), atWall, uptimeMs: 5 },
      leftovers: false,
    }),
  };
  return { it, runner, exits: new Exits(it.engine, runner, it.clock, { examine: () => null }) };
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

  test('without a report is handled with an unknown status', () => {
    const { it, exits } = createExits();
    exits.onLost(it.entry());
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
