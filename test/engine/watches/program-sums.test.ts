import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TotalsFile } from '../../../src/engine/store/totals-file.ts';
import { ProgramSums } from '../../../src/engine/watches/program-sums.ts';
import type { WitnessedExit } from '../../../src/engine/logs/files/log-transport.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import type { EventKind } from '../../../src/protocol/event-kinds.ts';

let folder: string;
let path: string;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-totals-'));
  path = join(folder, 'totals.ndjson');
  now = 1_000;
});

afterEach(() => rmSync(folder, { recursive: true }));

function event(seq: number, kind: EventKind, process = 'web', data: EngineEvent['data'] = {}): EngineEvent {
  return { seq, time: '2026-01-01T00:00:00.000Z', kind, process, pid: null, reason: 'because', data };
}

/** Returns the sums of an engine that starts now, as the files say. */
function nextEngine(events: readonly EngineEvent[] = [], exits: readonly WitnessedExit[] = []) {
  const file = new TotalsFile(path);
  const sums = new ProgramSums(file, () => now);
  const loaded = file.load(now);
  sums.recall(loaded, events, exits);
  return { sums, problem: loaded.problem };
}

function crash(seq: number): EngineEvent {
  return event(seq, 'restarted', 'web', { cause: 'crash' });
}

describe('the totals of programs', () => {
  test('continue with the next engine, with the time at which they began', () => {
    const { sums } = nextEngine();
    sums.addEvents([crash(1), event(2, 'cooldown-started'), event(3, 'memory-leak'), event(4, 'restarted')]);
    sums.addCpu('web', 2.5);
    sums.save();
    now = 9_000;
    const later = nextEngine().sums.of('web');
    expect(later).toEqual({
      sinceMs: 1_000,
      cpuSeconds: 2.5,
      cooldowns: 1,
      restarts: new Map([
        ['crash', 1],
        ['unknown', 1],
      ]),
      anomalies: new Map([['memory-leak', 1]]),
    });
  });

  test('include events that a killed engine had no time to save, once', () => {
    const { sums } = nextEngine();
    sums.addEvents([crash(1), crash(2)]);
    sums.save();
    const log = [crash(1), crash(2), crash(3), crash(4)];
    const second = nextEngine(log).sums;
    expect(second.of('web').restarts.get('crash')).toBe(4);
    second.save();
    expect(nextEngine(log).sums.of('web').restarts.get('crash')).toBe(4);
  });

  test('begin with 0 where no earlier engine counted: the events of the log are of unknown age', () => {
    expect(nextEngine([crash(1)]).sums.of('web').restarts.size).toBe(0);
  });

  test('include runs that exited while no engine was running', () => {
    const { sums } = nextEngine();
    sums.addCpu('web', 1);
    sums.save();
    const exit = { id: 'web', run: 3, pid: 77, status: null, atWall: 0, cpuSeconds: 4 };
    expect(nextEngine([], [exit]).sums.of('web').cpuSeconds).toBe(5);
  });

  test('continue when a program is removed and added again, also with another engine', () => {
    const { sums } = nextEngine();
    sums.addEvents([crash(1)]);
    sums.forget('web');
    expect(sums.of('web').restarts.get('crash')).toBe(1);
    sums.forget('web');
    sums.save();
    expect(nextEngine().sums.of('web').restarts.get('crash')).toBe(1);
  });

  test('of removed programs are forgotten after a thousand others', () => {
    const { sums } = nextEngine();
    const names = Array.from({ length: 1_001 }, (_, index) => `job-${String(index)}`);
    sums.addEvents(names.map((name, index) => event(index, 'cooldown-started', name)));
    sums.addEvents([event(2_000, 'cooldown-started', 'kept')]);
    for (const name of names) sums.forget(name);
    expect(sums.of('job-0').cooldowns).toBe(0);
    expect(sums.of('job-1').cooldowns).toBe(1);
    expect(sums.of('kept').cooldowns).toBe(1);
  });

  test('are saved with the CPU time that has changed, and nothing is written otherwise', () => {
    const { sums } = nextEngine();
    sums.addCpu('web', 1);
    sums.saveAll();
    const before = readFileSync(path, 'utf8');
    sums.saveAll();
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('survive a line that was cut off, and lose only the program of a damaged one, which is reported', () => {
    const { sums } = nextEngine();
    sums.addEvents([crash(1), event(2, 'cooldown-started', 'db')]);
    sums.save();
    appendFileSync(path, '{"id":"web","since"');
    const cut = nextEngine();
    expect([cut.problem, cut.sums.of('web').restarts.get('crash')]).toEqual([null, 1]);
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, ['{"id":7}', ...lines.slice(1)].join('\n'));
    const damaged = nextEngine();
    expect(damaged.problem).toMatch(/line 1 of ".*totals\.ndjson" cannot be read/);
    expect(damaged.sums.of('web').restarts.get('crash')).toBeUndefined();
    expect(damaged.sums.of('db').cooldowns).toBe(1);
    expect(readdirSync(folder).filter((name) => name.includes('corrupt'))).toHaveLength(1);
  });

  test('are written again if their file is removed, and stay small however often they change', () => {
    const { sums } = nextEngine();
    sums.addEvents([event(1, 'cooldown-started', 'db'), crash(2)]);
    sums.save();
    rmSync(path);
    sums.addEvents([crash(3)]);
    sums.save();
    expect(nextEngine().sums.of('db').cooldowns).toBe(1);
    for (let index = 0; index < 12_000; index++) {
      sums.addCpu('web', 0.001);
      sums.save();
    }
    expect(readFileSync(path).length).toBeLessThan(1_300_000);
    expect(nextEngine().sums.of('web').cpuSeconds).toBeCloseTo(12, 6);
  });
});
