import { describe, expect, test } from 'vitest';
import { NO_MEMORY } from '../../../src/policy/anomaly/run-memory.ts';
import type { Observations } from '../../../src/policy/suggestions/observations.ts';
import { suggest } from '../../../src/policy/suggestions/suggest.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import type { AnomalyRecord } from '../../../src/protocol/results/anomaly-record.ts';
import { spec } from '../../support/programs.ts';

const DAY = 24 * 60;

function seen(fields: Partial<ProcessSpecInput>, facts: Partial<Observations> = {}): Observations {
  return {
    spec: spec(fields),
    cpuByMinute: Array.from({ length: DAY }, () => 10),
    memoryByMinute: Array.from({ length: DAY }, () => 200),
    minuteOfDay: 12 * 60,
    cores: 4,
    stops: { cpu: 0, memory: 0 },
    anomalies: [],
    memory: NO_MEMORY,
    checks: [],
    ...facts,
  };
}

/** Returns the proposed value of each field. */
function proposed(observations: Observations): Readonly<Record<string, unknown>> {
  return Object.fromEntries(suggest(observations).suggestions.map(({ field, proposed: value }) => [field, value]));
}

function leak(figures: Readonly<Record<string, number>>): AnomalyRecord {
  const at = '2026-01-01T00:00:00.000Z';
  return { seq: 1, id: 'app', at, kind: 'memory-leak', pid: 1, evidence: 'memory rose', figures, action: 'restart' };
}

describe('limits', () => {
  test('are proposed above what a program without limits used in a day', () => {
    const { suggestions } = suggest(seen({}));
    expect(suggestions).toEqual([
      {
        field: 'limits.memoryMb',
        now: null,
        proposed: 300,
        reason: 'used at most 200 MB in 24 h; half of that as room',
      },
      {
        field: 'limits.cpuPercent',
        now: null,
        proposed: 40,
        reason: 'used at most 10 % of one core in any minute in 24 h; the same as room',
      },
    ]);
  });

  test('of a small program leave room for its runtime', () => {
    const memoryByMinute = Array.from({ length: DAY }, () => 12);
    expect(proposed(seen({}, { memoryByMinute }))['limits.memoryMb']).toBe(76);
  });

  test('are not proposed for CPU if the program needs all processors', () => {
    const cpuByMinute = Array.from({ length: DAY }, () => 350);
    expect(proposed(seen({}, { cpuByMinute }))).not.toHaveProperty(['limits.cpuPercent']);
  });

  test.each<[string, number, Partial<Observations>, number | undefined]>([
    ['that fit stay', 300, {}, undefined],
    ['that are close are raised', 210, {}, 300],
    ['far above what is used are lowered', 4_000, {}, 300],
    ['at which a healthy program was stopped twice are raised', 210, { stops: { cpu: 0, memory: 2 } }, 320],
    ['at which a program was stopped once stay', 240, { stops: { cpu: 0, memory: 1 } }, undefined],
  ])('%s: %i MB', (_name, memoryMb, facts, value) => {
    const limits = { memoryMb, cpuPercent: 40 };
    expect(proposed(seen({ limits }, facts))['limits.memoryMb']).toBe(value);
  });

  test('are not raised because of a leak', () => {
    const memoryByMinute = Array.from({ length: DAY }, (_, minute) => 100 + minute);
    const anomalies = [leak({ fromMb: 100, toMb: 900, mbPerMinute: 1 })];
    const found = suggest(seen({}, { memoryByMinute, anomalies }));
    expect(found.suggestions[0]).toMatchObject({ field: 'limits.memoryMb', proposed: 1300 });
    expect(found.suggestions[0]?.reason).toContain('because memory leaked');
    const limits = { memoryMb: 300, cpuPercent: 40 };
    const stopped = suggest(seen({ limits }, { anomalies, stops: { cpu: 0, memory: 9 } }));
    expect(stopped.suggestions.map(({ field }) => field)).not.toContain('limits.memoryMb');
  });

  test('wait until the program was observed for an hour', () => {
    const memoryByMinute = [...Array.from({ length: DAY - 59 }, () => null), ...Array.from({ length: 59 }, () => 200)];
    expect(suggest(seen({}, { memoryByMinute }))).toEqual({
      id: 'web',
      observedMinutes: 59,
      suggestions: [],
      note: 'observed for 59 min only: limits are proposed after 60 min',
    });
  });

  test('that fit are confirmed', () => {
    const limits = { memoryMb: 300, cpuPercent: 40 };
    expect(suggest(seen({ limits }))).toMatchObject({ suggestions: [], note: 'its settings fit what was observed' });
  });
});

describe('health checks', () => {
  const health = (fields: object): ProcessSpecInput['health'] => ({ check: { type: 'tcp', port: 80 }, ...fields });
  const checks = (latencyMs: number, count = 20): Observations['checks'] =>
    Array.from({ length: count }, () => ({ at: '2026-01-01T00:00:00.000Z', ok: true, answer: '', latencyMs }));
  const limits = { memoryMb: 300, cpuPercent: 40 };

  test.each<[string, object, Observations['checks'], object]>([
    [
      'a timeout that slow answers reach is raised',
      { intervalMs: 60_000 },
      checks(1_200),
      { 'health.timeoutMs': 4_000 },
    ],
    [
      'an interval that checks fill is lengthened',
      { timeoutMs: 10_000, intervalMs: 3_000 },
      checks(1_000),
      { 'health.intervalMs': 4_000 },
    ],
    ['fast checks stay as they are', {}, checks(20), {}],
    ['few checks say nothing', {}, checks(1_900, 9), {}],
  ])('%s', (_name, fields, results, expected) => {
    expect(proposed(seen({ limits, health: health(fields) }, { checks: results }))).toEqual(expected);
  });
});

describe('settings of the leak detector', () => {
  const limits = { memoryMb: 300, cpuPercent: 40 };
  const night = Array.from({ length: DAY }, (_, index) => {
    // The newest minute is 12:00, so the oldest is 12:01 of the day before.
    const hour = Math.floor(((index + 12 * 60 + 1) % DAY) / 60);
    return hour === 3 ? 1 : 20;
  });

  test('a slow leak gets a window in the quietest hour', () => {
    const anomalies = [leak({ fromMb: 150, toMb: 190, mbPerHour: 18 })];
    const found = suggest(seen({ limits }, { anomalies, cpuByMinute: night }));
    expect(found.suggestions).toEqual([
      {
        field: 'anomaly.leak.restartWindow',
        now: null,
        proposed: '03:00-04:00',
        reason: 'leaks 18 MB per hour; from 03:00 on it used the least CPU of all hours (1 %)',
      },
    ]);
  });

  test('the window is not proposed before most hours are known', () => {
    const cpuByMinute = night.map((cpu, index) => (index < DAY / 2 ? null : cpu));
    const anomalies = [leak({ fromMb: 150, toMb: 190, mbPerHour: 18 })];
    expect(proposed(seen({ limits }, { anomalies, cpuByMinute }))).toEqual({});
  });

  test('a cache that was reported as a leak raises the least growth', () => {
    const anomalies = [leak({ fromMb: 60, toMb: 180, mbPerMinute: 3 })];
    const memory = { ...NO_MEMORY, plateauMb: 204 };
    expect(proposed(seen({ limits }, { anomalies, memory }))).toEqual({ 'anomaly.leak.minGrowthMb': 210 });
  });
});
