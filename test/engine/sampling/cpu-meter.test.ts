import fc from 'fast-check';
import { cpus } from 'node:os';
import { describe, expect, test } from 'vitest';
import { CpuMeter, type MeteredProcess } from '../../../src/engine/sampling/cpu-meter.ts';

interface Clock {
  readonly pid?: number;
  readonly parentPid?: number;
  readonly countedTicks?: number;
  readonly startTicks?: number;
  readonly cpu?: number;
  readonly waited?: number;
  readonly firstSeenMs?: number;
}

function clock(fields: Clock): MeteredProcess {
  const {
    pid = 1,
    parentPid = 0,
    startTicks = 0,
    cpu = 0,
    waited = 0,
    firstSeenMs = -Infinity,
    countedTicks = 0,
  } = fields;
  return { stat: { pid, parentPid, startTicks, cpuTicks: cpu, waitedTicks: waited }, firstSeenMs, countedTicks };
}

/** Returns a meter that has read these clocks at 0 ms. */
function meterAfter(...clocks: Clock[]): CpuMeter {
  const meter = new CpuMeter();
  expect(meter.measure(clocks.map(clock), 0)).toBeNull();
  return meter;
}

test('one core busy for a second is 100 percent', () => {
  expect(meterAfter({ cpu: 500 }).measure([clock({ cpu: 600 })], 1000)).toBe(100);
});

test('two cores busy for half a second are 200 percent', () => {
  const meter = meterAfter({ pid: 1 }, { pid: 2 });
  expect(meter.measure([clock({ pid: 1, cpu: 50 }), clock({ pid: 2, cpu: 50 })], 500)).toBe(200);
});

test('the last result and the baseline are kept within one clock tick', () => {
  const meter = meterAfter({});
  expect(meter.measure([clock({ cpu: 50 })], 1000)).toBe(50);
  expect(meter.measure([clock({ cpu: 51 })], 1005)).toBe(50);
  expect(meter.measure([clock({ cpu: 150 })], 2000)).toBe(100);
});

describe('a new process', () => {
  test('counts in full if it started after the last reading', () => {
    const meter = meterAfter({});
    expect(meter.measure([clock({}), clock({ pid: 2, cpu: 30, firstSeenMs: 900 })], 1000)).toBe(30);
  });

  test('counts from now on if it is older', () => {
    const meter = meterAfter({});
    expect(meter.measure([clock({}), clock({ pid: 2, cpu: 30_000 })], 1000)).toBe(0);
    expect(meter.measure([clock({}), clock({ pid: 2, cpu: 30_020 })], 2000)).toBe(20);
  });

  test('counts as another process if it reuses a pid', () => {
    const meter = meterAfter({ pid: 2, startTicks: 10, cpu: 700 });
    expect(meter.measure([clock({ pid: 2, startTicks: 99, cpu: 40, firstSeenMs: 900 })], 1000)).toBe(40);
  });
});

describe('a child that exited', () => {
  test('causes no negative usage if it was not reaped', () => {
    const meter = meterAfter({ pid: 1 }, { pid: 2, cpu: 5000 });
    expect(meter.measure([clock({ pid: 1, cpu: 10 })], 1000)).toBe(10);
  });

  test('counts with its CPU time since the last reading if its parent reaped it', () => {
    const meter = meterAfter({ pid: 1 }, { pid: 2, cpu: 5000 });
    expect(meter.measure([clock({ pid: 1, cpu: 10, waited: 5040 })], 1000)).toBe(50);
  });

  test('counts even if it started after the last reading', () => {
    expect(meterAfter({ pid: 1 }).measure([clock({ pid: 1, waited: 90 })], 1000)).toBe(90);
  });

  test('does not count if it used more CPU time than the machine has: it belonged to another tree', () => {
    const impossible = cpus().length * 100 + 50;
    expect(meterAfter({ pid: 1 }).measure([clock({ pid: 1, waited: impossible })], 1000)).toBe(0);
  });
});

test('a tree whose parent reaps every child is measured to the tick, whenever children start and exit', () => {
  const child = fc.record({ bornMs: fc.nat(9), lifeMs: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(fc.array(child, { maxLength: 6 }), (children) => {
      const meter = new CpuMeter();
      let measured = 0;
      // Each child uses one percent of a core, so that even six of them use less than one core.
      for (let second = 0; second <= 20; second++) {
        const born = children.map((each, index) => ({ ...each, pid: 100 + index }));
        const living = born.filter(({ bornMs, lifeMs }) => bornMs < second && second < bornMs + lifeMs);
        const waited = born
          .filter(({ bornMs, lifeMs }) => bornMs + lifeMs <= second)
          .reduce((sum, { lifeMs }) => sum + lifeMs, 0);
        const clocks = living.map(({ pid, bornMs }) =>
          clock({ pid, cpu: second - bornMs, firstSeenMs: bornMs * 1000 + 500 }),
        );
        measured += meter.measure([clock({ pid: 1, waited }), ...clocks], second * 1000) ?? 0;
      }
      const spent = children.reduce((sum, { lifeMs }) => sum + lifeMs, 0);
      expect(measured).toBeCloseTo(spent, 6);
    }),
  );
});

test('no reading is ever negative', () => {
  const reading = fc.array(
    fc.record({ pid: fc.nat(4), startTicks: fc.nat(2), cpu: fc.nat(1000), waited: fc.nat(1000) }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 10 }), (readings) => {
      const meter = new CpuMeter();
      for (const [second, clocks] of readings.entries()) {
        expect(meter.measure(clocks.map(clock), second * 1000) ?? 0).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

describe('the CPU time of a tree', () => {
  const gone = (): boolean => false;
  const present = (): boolean => true;

  test('has all time before the first reading, except what another tree has counted, and all time since', () => {
    const meter = meterAfter({ pid: 1, cpu: 300, waited: 50 }, { pid: 2, cpu: 90, countedTicks: 80 });
    expect(meter).toMatchObject({ beforeSeconds: 3.6, sinceSeconds: 0, clockSeconds: 4.4 });
    meter.measure([clock({ pid: 1, cpu: 340, waited: 50 }), clock({ pid: 2, cpu: 100 })], 1000);
    expect(meter).toMatchObject({ beforeSeconds: 3.6, sinceSeconds: 0.5, clockSeconds: 4.9 });
  });

  test('is completed by the final clock of a process', () => {
    expect(meterAfter({ cpu: 70 }).settle(1, 99.5, present)).toBe(29.5);
    expect(meterAfter({ cpu: 70 }).settle(9, 99.5, present)).toBeNull();
    expect(meterAfter({ cpu: 70 }).settle(1, 69, present)).toBe(0);
  });

  test('has the time of a child once, whether its parent reaped it before it exited itself or not', () => {
    const tree = [
      { pid: 1, cpu: 10 },
      { pid: 2, parentPid: 1, cpu: 40 },
      { pid: 3, parentPid: 2, cpu: 5 },
    ];
    expect(meterAfter(...tree).settle(1, 12, present)).toBe(2);
    expect(meterAfter(...tree).settle(1, 10 + 44 + 5, gone)).toBe(4);
    expect(meterAfter(...tree).settle(1, 10 + 40 + 5, gone)).toBe(0);
  });

  test('has the time of an orphan that was reaped once, although its parent runs on', () => {
    const meter = meterAfter({ pid: 1, cpu: 10 }, { pid: 2, cpu: 40 });
    expect(meter.settle(2, 43, present)).toBe(3);
    meter.measure([clock({ pid: 1, cpu: 10, waited: 7 })], 1000);
    expect(meter.sinceSeconds).toBe(0.07);
  });

  test('survives a cycle of parents, which reused pids may form', () => {
    const meter = meterAfter({ pid: 2, parentPid: 3 }, { pid: 3, parentPid: 2 }, { pid: 1, cpu: 5 });
    expect(meter.settle(1, 6, gone)).toBe(1);
  });
});
