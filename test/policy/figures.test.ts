import { describe, expect, test } from 'vitest';
import { type FigureFacts, figuresOf, type ProgramTotals } from '../../src/policy/figures.ts';
import { isRestart } from '../../src/policy/lifecycle/launching.ts';
import { START_CAUSES } from '../../src/policy/lifecycle/state.ts';
import { PROCESS_STATES } from '../../src/protocol/process-state.ts';
import { RESTARTED_CAUSES } from '../../src/protocol/restart-cause.ts';
import type { SnapshotRow } from '../../src/protocol/snapshot.ts';
import { EACH_STATE } from '../support/programs.ts';
import { engineStatus, programRow } from '../support/program-row.ts';

const NOW = Date.parse('2026-01-01T00:01:40.000Z');
const NO_TOTALS: ProgramTotals = { sinceMs: 0, cpuSeconds: 0, cooldowns: 0, restarts: new Map(), anomalies: new Map() };

function factsOf(row: Partial<SnapshotRow>, totals: Partial<ProgramTotals> = {}): FigureFacts {
  return {
    status: engineStatus(),
    rows: [programRow(row)],
    totalsOf: () => ({ ...NO_TOTALS, ...totals }),
    nowMs: NOW,
    isWanted: (id) => id === 'web',
    ownCpuSeconds: 1.5,
    ownSinceMs: 5,
    nodeVersion: 'v24.0.0',
  };
}

function pointsOf(name: string, row: Partial<SnapshotRow>, totals: Partial<ProgramTotals> = {}): unknown[] {
  return (
    figuresOf(factsOf(row, totals))
      .find((figure) => figure.name === name)
      ?.points.map(({ value }) => value) ?? ['no such metric']
  );
}

describe('a metric', () => {
  test.each<[string, Partial<SnapshotRow>, readonly number[]]>([
    ['healer.process.wanted', { id: 'web' }, [1]],
    ['healer.process.wanted', { id: 'db' }, [0]],
    ['healer.process.healthy', { health: 'healthy' }, [1]],
    ['healer.process.healthy', { health: 'unhealthy' }, [0]],
    ['healer.process.healthy', { health: 'unknown' }, []],
    ['healer.process.cooldown_active', { state: 'cooldown' }, [1]],
    ['healer.process.cooldown_active', { state: 'backoff' }, [0]],
    ['healer.process.healing_held', { healing: 'on' }, [0]],
    ['healer.process.healing_held', { healing: 'held' }, [1]],
    ['healer.process.healing_held', { healing: 'observed' }, [1]],
    ['healer.process.uptime', { startedAt: '2026-01-01T00:00:00.000Z' }, [100]],
    ['healer.process.uptime', { startedAt: '2026-01-01T00:01:41.000Z' }, [0]],
    ['healer.process.uptime', { startedAt: null }, []],
    ['healer.process.resident_memory', { memoryMb: 2 }, [2_097_152]],
    ['healer.process.resident_memory', { memoryMb: null }, []],
    ['healer.process.memory_limit', { limits: { cpuPercent: null, memoryMb: 1 } }, [1_048_576]],
    ['healer.process.memory_limit', { limits: { cpuPercent: null, memoryMb: null } }, []],
    ['healer.process.cpu_limit', { limits: { cpuPercent: 150, memoryMb: null } }, [1.5]],
    ['healer.process.cpu_limit', { limits: { cpuPercent: null, memoryMb: null } }, []],
  ])('%s of %o is %j', (name, row, expected) => {
    expect(pointsOf(name, row)).toEqual(expected);
  });

  test('shows a program as up in these states', () => {
    const states = EACH_STATE.flatMap(({ name }) => (name === 'launching' ? [] : [name]));
    expect(states.filter((state) => pointsOf('healer.process.up', { state })[0] === 1)).toEqual([
      ...['starting', 'running', 'paused', 'stopping'],
    ]);
  });

  test('counts restarts and anomalies by kind, from 0', () => {
    expect(pointsOf('healer.process.anomalies', {})).toEqual([0, 0, 0, 0, 0, 0]);
    expect(pointsOf('healer.process.anomalies', {}, { anomalies: new Map([['cpu-spike', 2]]) })).toEqual([
      0, 2, 0, 0, 0, 0,
    ]);
    expect(pointsOf('healer.process.restarts', {})).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(pointsOf('healer.process.restarts', {}, { restarts: new Map([['operator', 3]]) })).toContain(3);
    expect(pointsOf('healer.process.cooldowns', {}, { cooldowns: 4 })).toEqual([4]);
    expect(pointsOf('healer.process.cpu', {}, { cpuSeconds: 2.5 })).toEqual([2.5]);
  });

  test('counts programs in every state, with 0 for those that no program is in', () => {
    const points = figuresOf(factsOf({})).find(({ name }) => name === 'healer.processes')?.points ?? [];
    expect(points.map(({ labels }) => labels['state'])).toEqual(PROCESS_STATES);
    expect(points.map(({ value }) => value)).toContain(0);
  });

  test('has the time at which a counter was 0, and a gauge has none', () => {
    for (const { name, kind, points } of figuresOf(factsOf({}, { sinceMs: 7 }))) {
      const expected = kind === 'gauge' ? undefined : name === 'healer.engine.cpu' ? 5 : 7;
      expect(
        points.map(({ sinceMs }) => sinceMs),
        name,
      ).toEqual(points.map(() => expected));
    }
  });

  test('has every cause of a restart that the lifecycle knows', () => {
    expect([...RESTARTED_CAUSES].sort()).toEqual(START_CAUSES.filter(isRestart).sort());
  });
});
