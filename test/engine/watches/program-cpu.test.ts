import { describe, expect, test } from 'vitest';
import type { Run } from '../../../src/policy/lifecycle/state.ts';
import { type CpuRecord, ProgramCpu } from '../../../src/engine/watches/program-cpu.ts';
import { RUN } from '../../support/programs.ts';

interface Clocks {
  beforeSeconds: number;
  sinceSeconds: number;
  clockSeconds: number;
}

function clocks(beforeSeconds: number, sinceSeconds = 0): Clocks {
  return { beforeSeconds, sinceSeconds, clockSeconds: beforeSeconds + sinceSeconds };
}

const SECOND_RUN: Run = { ...RUN, number: 2, pid: 5000, startTicks: 500 };
const ADOPTED: Run = { ...RUN, adopted: true };
const LEFT: CpuRecord = {
  seconds: 10,
  current: { run: 1, pid: RUN.pid, startTicks: RUN.startTicks, clockSeconds: 4 },
  endedRun: 0,
};

describe('the CPU time of a program', () => {
  test('has the time before the first sample of a run, and what the kernel reports at its end', () => {
    const cpu = new ProgramCpu();
    const first = clocks(0.5);
    cpu.take(RUN, first);
    first.sinceSeconds = 2;
    expect(cpu.seconds).toBe(2.5);
    cpu.end({ run: RUN, cpuSeconds: 2.9, remainder: { id: 'web', seconds: 0.4, cpu: first } });
    expect(cpu.seconds).toBe(2.9);
    cpu.take(SECOND_RUN, clocks(1));
    expect(cpu.seconds).toBe(3.9);
  });

  test('has runs that no sample has seen', () => {
    const cpu = new ProgramCpu();
    for (const number of [1, 2, 3]) cpu.end({ run: { ...RUN, number }, cpuSeconds: 0.9, remainder: null });
    expect(cpu.seconds).toBeCloseTo(2.7);
  });

  test('keeps the last sample if the end is not reported', () => {
    const cpu = new ProgramCpu();
    cpu.take(RUN, clocks(1, 2));
    cpu.end({ run: RUN, remainder: null });
    expect(cpu.record).toEqual({ seconds: 3, current: null, endedRun: 1 });
  });

  test('continues if the tree of a run is found again, or its main process is another one', () => {
    const cpu = new ProgramCpu();
    cpu.take(RUN, clocks(1, 2));
    cpu.take(RUN, clocks(0.5));
    expect(cpu.seconds).toBe(3.5);
    cpu.take({ ...RUN, pid: 4712, startTicks: 100, forked: true }, clocks(0.25));
    expect(cpu.seconds).toBe(3.75);
  });
});

describe('the next engine', () => {
  test('continues a run where the previous engine stopped counting', () => {
    const cpu = new ProgramCpu(LEFT);
    cpu.take(ADOPTED, clocks(6, 1));
    expect(cpu.seconds).toBe(13);
    expect(cpu.record.current).toMatchObject({ run: 1, pid: RUN.pid, clockSeconds: 7 });
  });

  test('never shows less: processes of the tree may have exited', () => {
    const cpu = new ProgramCpu(LEFT);
    cpu.take(ADOPTED, clocks(3));
    expect(cpu.seconds).toBe(10);
  });

  test('counts the whole of a run that the previous engine had no time to count', () => {
    const cpu = new ProgramCpu(LEFT);
    cpu.take({ ...SECOND_RUN, adopted: true }, clocks(2));
    expect(cpu.seconds).toBe(12);
  });

  test('counts the rest of a run that exited before the first sample, or while no engine was running', () => {
    const seen = new ProgramCpu(LEFT);
    seen.end({ run: ADOPTED, cpuSeconds: 6, remainder: null });
    expect(seen.seconds).toBe(12);
    const unseen = new ProgramCpu(LEFT);
    unseen.endUnseen({ run: 1, pid: RUN.pid, cpuSeconds: 6 });
    expect(unseen.seconds).toBe(12);
    unseen.endUnseen({ run: 1, pid: RUN.pid, cpuSeconds: 6 });
    expect(unseen.seconds).toBe(12);
  });

  test('counts an unmanaged process from its adoption', () => {
    const cpu = new ProgramCpu();
    cpu.take({ ...ADOPTED, foreign: true }, clocks(100, 3));
    expect(cpu.seconds).toBe(3);
    cpu.end({ run: { ...ADOPTED, foreign: true }, remainder: null });
    cpu.end({ run: { ...SECOND_RUN, adopted: true, foreign: true }, cpuSeconds: 50, remainder: null });
    expect(cpu.seconds).toBe(3);
  });

  test('counts runs of a program that was removed and added again, which are numbered from 1', () => {
    const cpu = new ProgramCpu({ seconds: 5, current: null, endedRun: 40 });
    cpu.take(RUN, clocks(1));
    const next = new ProgramCpu(cpu.record);
    next.endUnseen({ run: 1, pid: RUN.pid, cpuSeconds: 3 });
    expect(next.seconds).toBe(8);
  });
});
