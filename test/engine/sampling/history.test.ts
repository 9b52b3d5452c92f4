import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageHistory } from '../../../src/engine/sampling/history.ts';

/** The start of a minute, so that minutes are easy to count. */
const START = Date.parse('2026-11-21T09:00:00.000Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;

function usage(cpuPercent: number | null, memoryMb = 10) {
  return { cpuPercent, memoryMb };
}

test('is empty until something is pushed', () => {
  expect(new UsageHistory().series('15m', START)).toEqual({
    stepMs: 1000,
    until: new Date(START).toISOString(),
    cpuPercent: [],
    memoryMb: [],
  });
  expect(new UsageHistory().series('24h', START)).toMatchObject({ stepMs: 60_000, cpuPercent: [] });
});

describe('by second', () => {
  test('keeps samples, oldest first, and the time of the last one', () => {
    const history = new UsageHistory();
    history.push(START, usage(null, 20.04));
    history.push(START + SECOND, usage(1.26, 21));
    expect(history.series('15m', START + SECOND)).toEqual({
      stepMs: 1000,
      until: new Date(START + SECOND).toISOString(),
      cpuPercent: [null, 1.3],
      memoryMb: [20, 21],
    });
  });

  test('assigns a slightly late or early tick its own second', () => {
    const history = new UsageHistory();
    const jitter = [0, 400, -400, 30, -1, 499, -499];
    for (const [tick, offset] of jitter.entries()) history.push(START + 500 + tick * SECOND + offset, usage(tick));
    expect(history.series('15m', START + 500 + 6 * SECOND).cpuPercent).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('shows seconds without a sample as gaps, up to now', () => {
    const history = new UsageHistory();
    history.push(START, usage(1));
    history.push(START + 3 * SECOND, usage(4));
    const { cpuPercent, until } = history.series('15m', START + 5 * SECOND);
    expect(cpuPercent).toEqual([1, null, null, 4, null, null]);
    expect(until).toBe(new Date(START + 5 * SECOND).toISOString());
  });

  test('keeps the last 900 seconds', () => {
    const history = new UsageHistory();
    for (let second = 0; second < 2000; second++) history.push(START + second * SECOND, usage(second));
    const { cpuPercent, memoryMb } = history.series('15m', START + 1999 * SECOND);
    expect([cpuPercent.length, cpuPercent[0], cpuPercent.at(-1)]).toEqual([900, 1100, 1999]);
    expect(memoryMb).toHaveLength(900);
  });

  test('starts from scratch after a pause longer than its span', () => {
    const history = new UsageHistory();
    history.push(START, usage(1));
    history.push(START + 3 * 3600 * SECOND, usage(2));
    expect(history.series('15m', START + 3 * 3600 * SECOND).cpuPercent).toEqual([2]);
  });

  test('consists of gaps after a pause within its span', () => {
    const history = new UsageHistory();
    history.push(START, usage(1));
    const { cpuPercent } = history.series('15m', START + 3600 * SECOND);
    expect(cpuPercent).toEqual(Array(900).fill(null));
  });
});

describe('by minute', () => {
  test('keeps the mean of CPU and the maximum of memory', () => {
    const history = new UsageHistory();
    history.push(START, usage(null, 50));
    history.push(START + SECOND, usage(10, 90));
    history.push(START + 2 * SECOND, usage(20, 60));
    history.push(START + MINUTE, usage(70, 30));
    expect(history.series('24h', START + MINUTE)).toEqual({
      stepMs: 60_000,
      until: new Date(START + MINUTE).toISOString(),
      cpuPercent: [15, 70],
      memoryMb: [90, 30],
    });
  });

  test('keeps the last 1440 minutes', () => {
    const history = new UsageHistory();
    for (let minute = 0; minute < 2000; minute++) history.push(START + minute * MINUTE, usage(minute));
    const { cpuPercent } = history.series('24h', START + 1999 * MINUTE);
    expect([cpuPercent.length, cpuPercent[0], cpuPercent.at(-1)]).toEqual([1440, 560, 1999]);
  });
});

test('continues from the new time after the clock was set back', () => {
  const history = new UsageHistory();
  for (let second = 0; second < 10; second++) history.push(START + second * SECOND, usage(second));
  history.push(START + 4 * SECOND, usage(44));
  expect(history.series('15m', START + 4 * SECOND).cpuPercent).toEqual([0, 1, 2, 3, 44]);
  history.push(START - 3600 * SECOND, usage(55));
  expect(history.series('15m', START - 3600 * SECOND).cpuPercent).toEqual([55]);
});

test('never exceeds its span, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -10_000_000, max: 10_000_000 }), { maxLength: 60 }), (steps) => {
      const history = new UsageHistory();
      let now = START;
      for (const step of steps) {
        now += step;
        history.push(now, usage(1));
        const { cpuPercent, memoryMb, until } = history.series('15m', now);
        expect(cpuPercent.length).toBeLessThanOrEqual(900);
        expect(memoryMb.length).toBe(cpuPercent.length);
        expect(cpuPercent.at(-1)).toBe(1);
        expect(Math.abs(Date.parse(until) - now)).toBeLessThanOrEqual(500);
      }
    }),
    { numRuns: 30 },
  );
});
