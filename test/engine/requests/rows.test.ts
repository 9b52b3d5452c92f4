import { FakeClock } from '../../support/fake-clock.ts';
import { describe, expect, test } from 'vitest';
import { type ManagedProgram, manage } from '../../../src/engine/core/managed-program.ts';
import { cooldownViewOf, rowOf } from '../../../src/engine/requests/rows.ts';
import { HEALING_ON, type HealingMode } from '../../../src/policy/healing.ts';
import type { LifecycleState, Program } from '../../../src/policy/lifecycle/state.ts';
import { NO_FAILURES } from '../../../src/policy/restart.ts';
import type { SnapshotRow } from '../../../src/protocol/snapshot.ts';
import { at, exit, program, RUN, spec } from '../../support/programs.ts';

const STARTED = '2026-01-01T00:00:00.000Z';

function entryOf(known: Program, healing: HealingMode = HEALING_ON): ManagedProgram {
  return manage(known, 'process_list.txt:1', healing);
}

const CLOCK = new FakeClock();

describe('the row of a program', () => {
  const live = { pid: 4711, startedAt: STARTED, processes: 1 };
  const idle = { pid: null, startedAt: null, processes: 0, cooldownUntil: null, retryAt: null };
  const stopping: LifecycleState = {
    name: 'stopping',
    run: RUN,
    goal: { kind: 'stop' },
    stage: 'graceful',
    exit: null,
  };

  test.each<[string, LifecycleState, Partial<SnapshotRow>]>([
    ['disabled', { name: 'disabled' }, { state: 'disabled', ...idle }],
    ['stopped', { name: 'stopped' }, { state: 'stopped', ...idle }],
    ['waiting', { name: 'waiting', cause: 'boot', reason: 'started' }, { state: 'waiting', ...idle }],
    ['failed', { name: 'failed' }, { state: 'failed', ...idle }],
    ['exited', { name: 'exited' }, { state: 'exited', ...idle }],
    ['starting', { name: 'starting', run: RUN }, { state: 'starting', ...live }],
    ['running', { name: 'running', run: RUN }, { state: 'running', ...live }],
    ['paused', { name: 'paused', run: RUN }, { state: 'paused', ...live }],
    ['stopping', stopping, { state: 'stopping', ...live }],
    [
      'in backoff',
      { name: 'backoff', until: at(5_000), cause: 'crash' },
      { state: 'backoff', ...idle, retryAt: '2026-01-01T00:00:05.000Z' },
    ],
    [
      'in cooldown',
      { name: 'cooldown', until: at(120_000) },
      { state: 'cooldown', ...idle, cooldownUntil: '2026-01-01T00:02:00.000Z' },
    ],
  ])('that is %s shows its process and its next start', (_, state, expected) => {
    expect(rowOf(entryOf(program(state)), CLOCK)).toMatchObject(expected);
  });

  test('lists the restarts in the window, with the limit that they count towards', () => {
    const history = [-90_000, -40_000, -1_000].map((ms) => ({ at: at(ms), cause: 'crash' as const }));
    const counters = { ...NO_FAILURES, history };
    const shown = rowOf(entryOf(program({ name: 'running', run: RUN }, { counters })), CLOCK);
    const times = ['2025-12-31T23:59:20.000Z', '2025-12-31T23:59:59.000Z'];
    expect(shown.recentRestarts).toEqual({ at: times, limit: 5, windowMs: 60_000 });
    expect(rowOf(entryOf(program({ name: 'running', run: RUN })), CLOCK)).not.toHaveProperty('recentRestarts');
  });

  test('shows the last sample instead of the single main process', () => {
    const entry = entryOf(program({ name: 'running', run: RUN }));
    entry.usage = { cpuPercent: 12.5, memoryMb: 80.1, processes: 4 };
    expect(rowOf(entry, CLOCK)).toMatchObject({ cpuPercent: 12.5, memoryMb: 80.1, processes: 4 });
  });

  test('shows no usage before the first sample', () => {
    expect(rowOf(entryOf(program({ name: 'running', run: RUN })), CLOCK)).toMatchObject({
      cpuPercent: null,
      memoryMb: null,
    });
  });

  test.each<[string, 'observe' | 'heal', HealingMode, Pick<SnapshotRow, 'healing' | 'heldUntil'>]>([
    ['on by default', 'heal', HEALING_ON, { healing: 'on', heldUntil: null }],
    ['observed by its definition', 'observe', HEALING_ON, { healing: 'observed', heldUntil: null }],
    ['observed by the engine', 'heal', { mode: 'observed', until: null }, { healing: 'observed', heldUntil: null }],
    ['paused', 'heal', { mode: 'held', until: null }, { healing: 'held', heldUntil: null }],
    [
      'paused for a time',
      'observe',
      { mode: 'held', until: at(60_000) },
      { healing: 'held', heldUntil: '2026-01-01T00:01:00.000Z' },
    ],
  ])('shows healing that is %s', (_, healing, mode, expected) => {
    const known = program({ name: 'stopped' }, { spec: spec({ healing }) });
    expect(rowOf(entryOf(known, mode), CLOCK)).toMatchObject(expected);
  });

  test('shows the last exit with its time', () => {
    const facts = exit({ code: null, signal: 'SIGSEGV', coreDumped: true, uptimeMs: 1_500.4 });
    const known = program(
      { name: 'stopped' },
      { lastExit: { exit: facts, reason: 'killed by SIGSEGV (core dumped)' } },
    );
    expect(rowOf(entryOf(known), CLOCK).lastExit).toEqual({
      code: null,
      signal: 'SIGSEGV',
      coreDumped: true,
      at: STARTED,
      uptimeMs: 1_500,
      reason: 'killed by SIGSEGV (core dumped)',
    });
    expect(rowOf(entryOf(program({ name: 'stopped' })), CLOCK).lastExit).toBeNull();
  });
});

describe('the cooldown of a program', () => {
  const cooldown = { restarts: 3, windowMs: 60_000, durationMs: 120_000 };
  const restarts = [0, 30_000, 59_999].map((ms) => ({ at: at(ms), cause: 'crash' as const }));

  test.each<[nowMs: number, inWindow: number]>([
    [59_999, 3],
    [60_000, 2],
    [89_999, 2],
    [90_000, 1],
    [119_999, 0],
  ])('counts the restarts in the window: %i ms after the first, %i', (nowMs, inWindow) => {
    const known = program(
      { name: 'running', run: RUN },
      { spec: spec({ restart: { cooldown } }), counters: { ...NO_FAILURES, history: restarts } },
    );
    const view = cooldownViewOf(entryOf(known), at(nowMs));
    expect(view).toMatchObject({ id: 'web', state: 'running', limit: 3, windowMs: 60_000, durationMs: 120_000 });
    expect(view.restarts).toHaveLength(inWindow);
    expect(view.until).toBeNull();
  });

  test('shows until when it lasts, and what caused each restart', () => {
    const counters = { ...NO_FAILURES, history: restarts.slice(0, 1) };
    const known = program({ name: 'cooldown', until: at(120_000) }, { counters });
    expect(cooldownViewOf(entryOf(known), at(0))).toMatchObject({
      state: 'cooldown',
      until: '2026-01-01T00:02:00.000Z',
      restarts: [{ at: STARTED, cause: 'crash' }],
    });
  });
});
