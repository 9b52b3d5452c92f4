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
  // Quartz users write ? for any: these are Mondays at 03:00, and every first day of the month.
  ['0 3 ? * MON', '2026-03-09 03:00:00'],
  ['0 3 1 * ?', '2026-04-01 03:00:00'],
  // As in crontab(5), a time matches if either the day or the weekday does.
  ['0 3 1 * 1', '2026-03-09 03:00:00'],
  ['0 3 13 * 5', '2026-03-06 03:00:00'],
  ['0 0 L * *', '2026-03-31 00:00:00'],
  ['0 0 * * 5#2', '2026-03-13 00:00:00'],
  ['0 0 * * 5L', '2026-03-27 00:00:00'],
  ['0 0 * * fri-sat', '2026-03-06 00:00:00'],
  ['@daily', '2026-03-03 00:00:00'],
  ['@hourly', '2026-03-02 13:00:00'],
])('"%s" next occurs at %s', (expression, expected) => {
  expect(nextOf(expression)).toBe(expected);
});

test.each([
  ['', 'it is empty'],
  ['daily', 'it has 1 field, but takes five (minute, hour, day, month, weekday), or six with seconds first'],
  ['* * * *', 'it has 4 fields, but takes five (minute, hour, day, month, weekday), or six with seconds first'],
  [
    '* * * * * * 2027',
    'it has 7 fields, but takes five (minute, hour, day, month, weekday), or six with seconds first: "2027" at position 13 is one too many',
  ],
  ['60 * * * *', '"60" at position 1 is not a valid minute: write * or numbers from 0 to 59, with "," "-" and "/"'],
  ['0 24 * * *', /^"24" at position 3 is not a valid hour: /],
  ['0 0 32 * *', /^"32" at position 5 is not a valid day: /],
  ['0 0 * 13 *', /^"13" at position 7 is not a valid month: .* or JAN to DEC/],
  ['0 0 * * 8', /^"8" at position 9 is not a valid weekday: .* or SUN to SAT/],
  ['0,5,75 * * * *', /^"75" at position 5 is not a valid minute: /],
  ['*/0 * * * *', /the step after "\/" has to be from 1 to 59$/],
  ['5-1 * * * *', /the range ends before it begins$/],
  ['? * * * *', /"\?" can only stand alone as day or weekday/],
  ['0 0 15W * *', /^"15W" at position 5 is not a valid day: L, W, # and \+ are not supported here/],
  ['0 0 LW * *', /^"LW" at position 5 /],
  ['0 0 L-3 * *', /^"L-3" at position 5 /],
  ['0 0 * * +5', /^"\+5" at position 9 /],
  ['0 0 * * 5#6', /^"5#6" at position 9 /],
  ['0 0 * * MOX', /^"MOX" at position 9 /],
  ['H H * * *', /^"H" at position 1 is not a valid minute: /],
  ['@reboot', /^"@reboot" at position 1 is not supported; the names are @yearly, /],
  ['@every 5m', /^"@every" at position 1 is not supported/],
  ['CRON_TZ=UTC 0 4 * * *', /^"CRON_TZ=UTC" at position 1 /],
  ['0 0 31 2 *', 'this time never occurs'],
])('"%s" is rejected with its position: %s', (expression, reason) => {
  const problem = typeof reason === 'string' ? reason : (expect.stringMatching(reason) as string);
  expect(parseCron(expression)).toEqual({ ok: false, problem });
});
