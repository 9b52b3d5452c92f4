import { expect, test } from 'vitest';
import { type ManagedProgram, manage, newProgram } from '../../../src/engine/core/managed-program.ts';
import { Watchers } from '../../../src/engine/core/watchers.ts';
import { Schedules } from '../../../src/engine/definitions/schedules.ts';
import { HEALING_ON } from '../../../src/policy/healing.ts';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { spec } from '../../support/programs.ts';

/** Returns the schedules of an engine with one program, "web"; `change` sets another schedule. */
function planned(expression: string) {
  return plannedIn(expression, {});
}

/** The same, with other settings of the schedule, at a time. */
function plannedIn(expression: string, scheduling: ProcessSpecInput['scheduling'], at?: string) {
  const clock = new FakeClock();
  if (at !== undefined) clock.setWall(Date.parse(at) - clock.now().wall);
  const entryOf = (schedule: string | null): ManagedProgram =>
    manage(newProgram(spec({ schedule, scheduling })), 'process_list.txt:1', HEALING_ON);
  const due: string[] = [];
  const engine = {
    onChange: new Watchers<[ManagedProgram]>(),
    onForgotten: new Watchers<[ManagedProgram]>(),
    post: (id: string, fact: Fact): void => {
      if (fact.kind === 'restartDue') due.push(`${id} ${fact.schedule}`);
    },
  };
  const schedules = new Schedules(clock, engine);
  const change = (schedule: string | null): void => engine.onChange.emit(entryOf(schedule));
  const forget = (): void => engine.onForgotten.emit(entryOf(expression));
  change(expression);
  return { schedules, clock, due, change, forget };
}

test('a scheduled restart is posted every time, and its next time is known', () => {
  const { schedules, clock, due } = planned('*/10 * * * *');
  expect(schedules.nextOf('web')?.getTime()).toBe(clock.now().wall + 600_000);
  clock.advance(599_999);
  expect(due).toEqual([]);
  clock.advance(1);
  expect(due).toEqual(['web */10 * * * *']);
  clock.advance(1_200_000);
  expect(due).toHaveLength(3);
});

test.each([['its schedule'], ['the program']])('nothing is posted once %s is removed', (removed) => {
  const { schedules, clock, due, change, forget } = planned('* * * * *');
  if (removed === 'the program') forget();
  else change(null);
  expect(schedules.nextOf('web')).toBeNull();
  clock.advance(600_000);
  expect(due).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('a changed schedule replaces the previous one', () => {
  const { schedules, clock, due, change } = planned('* * * * *');
  change('* * * * *');
  change('*/5 * * * *');
  clock.advance(299_999);
  expect(due).toEqual([]);
  clock.advance(1);
  expect(due).toEqual(['web */5 * * * *']);
  schedules.close();
  expect(clock.pending).toBe(0);
});

test.each([
  ['back', -86_400_000, []],
  ['forward by an hour, past a planned restart,', 3_600_000, ['web 0 * * * *']],
  ['forward by a year', 365 * 86_400_000, []],
])('after the clock was set %s, the next restart is the next one in the future', (_how, byMs, expected) => {
  const { schedules, clock, due } = planned('0 * * * *');
  clock.advance(120_000);
  clock.setWall(byMs);
  schedules.clockSet(byMs);
  const now = clock.now().wall;
  const next = schedules.nextOf('web')?.getTime() ?? 0;
  expect(next).toBeGreaterThan(now);
  expect(next).toBeLessThanOrEqual(now + 3_600_000);
  expect(due).toEqual(expected);
  clock.advance(next - now);
  expect(due).toHaveLength(expected.length + 1);
});

test('a schedule in another time zone takes both changes of its clock', () => {
  const { schedules, clock, due } = plannedIn('30 2 * * *', { timeZone: 'Europe/Berlin' }, '2026-03-28T12:00:00Z');
  const times: string[] = [];
  for (let day = 0; day < 3; day++) {
    times.push(schedules.nextOf('web')?.toISOString() ?? '');
    clock.advance(86_400_000);
  }
  // On 29 March, 02:30 does not exist: the run takes place an hour later.
  expect(times).toEqual(['2026-03-29T01:30:00.000Z', '2026-03-30T00:30:00.000Z', '2026-03-31T00:30:00.000Z']);
  expect(due).toHaveLength(3);
});

test('a time that a clock change repeats is used once', () => {
  const { schedules, clock, due } = plannedIn('30 2 * * *', { timeZone: 'Europe/Berlin' }, '2026-10-24T12:00:00Z');
  expect(schedules.nextOf('web')?.toISOString()).toBe('2026-10-25T00:30:00.000Z');
  clock.advance(24 * 3_600_000);
  expect(due).toHaveLength(1);
  expect(schedules.nextOf('web')?.toISOString()).toBe('2026-10-26T01:30:00.000Z');
});

test('jitter delays each run by a part of its time', () => {
  const { schedules, clock, due } = plannedIn('0 * * * *', { jitterMs: 600_000 }, '2026-01-01T00:30:00Z');
  const next = schedules.nextOf('web')?.getTime() ?? 0;
  const delayMs = next - Date.parse('2026-01-01T01:00:00Z');
  expect(delayMs).toBeGreaterThanOrEqual(0);
  expect(delayMs).toBeLessThanOrEqual(600_000);
  clock.advance(30 * 60_000 + delayMs);
  expect(due).toHaveLength(1);
  clock.advance(3_600_000);
  expect(due).toHaveLength(2);
});

test('a missed run is made up for once, and only if there was one', () => {
  const { schedules, clock, due } = plannedIn('0 4 * * *', {}, '2026-01-02T12:00:00Z');
  schedules.catchUp('web', clock.now().wall - 60_000);
  expect(due).toEqual([]);
  schedules.catchUp('web', clock.now().wall - 3 * 86_400_000);
  expect(due).toEqual(['web 0 4 * * *']);
});
