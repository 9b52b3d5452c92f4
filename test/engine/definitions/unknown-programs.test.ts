import { describe, expect, test } from 'vitest';
import type { ProcStat } from '../../../src/base/proc-stat.ts';
import { UnknownPrograms } from '../../../src/engine/definitions/unknown-programs.ts';
import { InstanceCensus } from '../../../src/engine/os/instance-census.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { exit, spec, START } from '../../support/programs.ts';
import { TestEngine } from '../../support/test-engine.ts';
import { waitFor } from '../../support/wait-for.ts';

interface Living {
  readonly pid: number;
  readonly run: number;
  readonly session?: number;
}

const ORIGIN = 'healer.yaml:1';

function claim(living: readonly Living[], fields: Partial<ProcessSpecInput> = {}, noted = 'web') {
  const it = new TestEngine();
  const stats = living.map(({ pid, session = pid }): ProcStat => ({
    ...{ pid, name: 'web', state: 'S', parentPid: 1, groupId: session, sessionId: session },
    ...{ cpuTicks: 0, waitedTicks: 0, startTicks: pid, rssPages: 1, threads: 1 },
  }));
  const runOf = (pid: number): number => living.find((each) => each.pid === pid)?.run ?? 0;
  const table = { get: () => undefined, childrenOf: () => [], relatedTo: () => [], all: () => stats };
  const unknown = new UnknownPrograms(it.engine, () => ({
    isPaused: () => false,
    momentOf: () => START,
    census: new InstanceCensus(table, ({ pid }) => ({ id: 'web', kind: 'run', number: runOf(pid) })),
    endProcesses: async (processes) =>
      void it.runner.actions.push(...processes.map(({ stat }) => `end pid ${stat.pid}`)),
    followUnclaimed: () => () => undefined,
    followAdopted: ({ id }, { run }) => void it.runner.actions.push(`follow ${id} ${run.number}`),
  }));
  unknown.note(noted);
  const isClaimed = unknown.claim({ spec: spec(fields), origin: ORIGIN });
  return { it, isClaimed, unknown };
}

describe('a definition of a program that is already running', () => {
  test('adopts the running process instead of starting a second one', () => {
    const { it, isClaimed } = claim([{ pid: 555, run: 7 }]);
    expect(isClaimed).toBe(true);
    expect(it.runner.actions).toEqual(['follow web 7']);
    expect(it.engine.findByPid(555)?.origin).toBe(ORIGIN);
    expect(it.kinds()).toEqual(['adopted']);
    it.engine.post('web', { kind: 'exited', of: it.main(), exit: exit(), leftovers: false });
    expect(it.runner.actions).toEqual(['follow web 7', 'close web 7', 'spawn web 8']);
  });

  test('ends an older duplicate', () => {
    const { it } = claim([
      { pid: 555, run: 7 },
      { pid: 444, run: 6 },
    ]);
    expect(it.runner.actions).toEqual(['follow web 7', 'end pid 444']);
  });

  test('ends processes without their main process before the program starts', async () => {
    const { it } = claim([{ pid: 556, run: 7, session: 555 }]);
    await waitFor(() => it.runner.actions.length === 2, 'the start');
    expect(it.runner.actions).toEqual(['end pid 556', 'spawn web 8']);
  });

  test('ends the process if the definition is disabled', async () => {
    const { it } = claim([{ pid: 555, run: 7 }], { enabled: false });
    await waitFor(() => it.runner.actions.length > 0, 'the end of the process');
    expect(it.runner.actions).toEqual(['end pid 555']);
    expect(it.state()).toBe('disabled');
  });

  test('claims nothing if nothing is running, if the program was known, or a second time', () => {
    expect(claim([]).isClaimed).toBe(false);
    expect(claim([{ pid: 555, run: 7 }], {}, 'other').isClaimed).toBe(false);
    const { unknown } = claim([{ pid: 555, run: 7 }]);
    expect(unknown.claim({ spec: spec(), origin: ORIGIN })).toBe(false);
  });
});
