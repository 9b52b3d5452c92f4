import { expect, test } from 'vitest';
import { Schedules } from '../../../src/engine/definitions/schedules.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { waitFor } from '../../support/wait-for.ts';

async function planned(expression: string): Promise<{ schedules: Schedules; clock: FakeClock; due: string[] }> {
  const clock = new FakeClock();
  const due: string[] = [];
  const schedules = new Schedules(clock, (id, schedule) => due.push(`${id} ${schedule}`));
  schedules.keep('web', expression);
  await waitFor(() => schedules.nextOf('web'), 'the expression to be read');
  return { schedules, clock, due };
}

test('a planned restart is due each time, and its next time is known', async () => {
  const { schedules, clock, due } = await planned('*/10 * * * *');
  expect(schedules.nextOf('web')?.getTime()).toBe(clock.now().wall + 600_000);
  clock.advance(599_999);
  expect(due).toEqual([]);
  clock.advance(1);
  expect(due).toEqual(['web */10 * * * *']);
  clock.advance(1_200_000);
  expect(due).toHaveLength(3);
});

test('what was planned is given up with the schedule or the program', async () => {
  const { schedules, clock, due } = await planned('* * * * *');
  schedules.keep('web', null);
  expect(schedules.nextOf('web')).toBeNull();
  clock.advance(600_000);
  expect(due).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('a changed schedule replaces the earlier one, the same one is left alone', async () => {
  const { schedules, clock, due } = await planned('* * * * *');
  schedules.keep('web', '* * * * *');
  schedules.keep('web', '*/5 * * * *');
  await waitFor(() => schedules.nextOf('web'), 'the new expression to be read');
  clock.advance(299_999);
  expect(due).toEqual([]);
  clock.advance(1);
  expect(due).toEqual(['web */5 * * * *']);
  schedules.close();
  expect(clock.pending).toBe(0);
});
