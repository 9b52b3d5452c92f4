import { expect, test } from 'vitest';
import { parseCron } from '../../../src/config/reading/cron.ts';

/** 2026-03-02 is a Monday. */
const AFTER = new Date(2026, 2, 2, 12, 30, 15);

function nextOf(expression: string): string | null {
  const parsed = parseCron(expression);
  if (!parsed.ok) throw new Error(parsed.problem);
  const next = parsed.recurrence.next(AFTER);
  if (next === null) return null;
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${String(next.getFullYear())}-${two(next.getMonth() + 1)}-${two(next.getDate())}`;
  return `${day} ${two(next.getHours())}:${two(next.getMinutes())}:${two(next.getSeconds())}`;
}

test.each([
  ['* * * * *', '2026-03-02 12:31:00'],
  ['30 12 * * *', '2026-03-03 12:30:00'],
  ['31 12 * * *', '2026-03-02 12:31:00'],
  ['0 4 * * *', '2026-03-03 04:00:00'],
  ['*/15 * * * *', '2026-03-02 12:45:00'],
  ['0 9-17 * * *', '2026-03-02 13:00:00'],
  ['0 0 1 * *', '2026-04-01 00:00:00'],
  ['0 0 1 1 *', '2027-01-01 00:00:00'],
  ['0 0 * * 0', '2026-03-08 00:00:00'],
  ['0 0 * * sun', '2026-03-08 00:00:00'],
  ['0 0 29 2 *', '2028-02-29 00:00:00'],
  ['15,45 8 * * 1-5', '2026-03-03 08:15:00'],
  ['20 * * * * *', '2026-03-02 12:30:20'],
  ['*/10 30 12 * * *', '2026-03-02 12:30:20'],
])('"%s" next occurs at %s', (expression, expected) => {
  expect(nextOf(expression)).toBe(expected);
});

test.each([
  ['', /./],
  ['daily', /./],
  ['* * * *', /./],
  ['* * * * * * *', /./],
  ['60 * * * *', /./],
  ['0 24 * * *', /./],
  ['0 0 32 * *', /./],
  ['0 0 * 13 *', /./],
  ['0 0 31 2 *', /^this time never occurs$/],
])('"%s" is rejected with a reason', (expression, reason) => {
  expect(parseCron(expression)).toEqual({ ok: false, problem: expect.stringMatching(reason) });
});
