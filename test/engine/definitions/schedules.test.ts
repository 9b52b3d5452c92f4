import { expect, test } from 'vitest';
import { type ManagedProgram, manage, newProgram } from '../../../src/engine/core/managed-program.ts';
import { Watchers } from '../../../src/engine/core/watchers.ts';
import { Schedules } from '../../../src/engine/definitions/schedules.ts';
import { HEALING_ON } from '../../../src/policy/healing.ts';
import type { Fact } from '../../../src/policy/lifecycle/facts.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { spec } from '../../support/programs.ts';

/** Returns the schedules of an engine with one program, "web"; `change` sets another schedule. */
function planned(expression: string) {
  const clock = new FakeClock();
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

function entryOf(schedule: string | null): ManagedProgram {
  return manage(newProgram(spec({ schedule })), 'process_list.txt:1', HEALING_ON);
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
