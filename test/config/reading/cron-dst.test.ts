import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parseCron, type Recurrence } from '../../../src/config/reading/cron.ts';

const ZONE = process.env['TZ'];
afterAll(() => {
  if (ZONE === undefined) Reflect.deleteProperty(process.env, 'TZ');
  else process.env['TZ'] = ZONE;
});

/** Zones whose clocks change by an hour, by half an hour, on both hemispheres, and at midnight. */
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Beirut', 'UTC'];
const EXPRESSIONS = ['*/1 * * * *', '30 2 * * *', '0 3 * * *', '0 0 * * *', '15 */2 * * *', '59 1 * * 0', '0 0 1 * *'];
const HOUR_MS = 3_600_000;

function recurrenceOf(expression: string): Recurrence {
  const parsed = parseCron(expression);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.recurrence;
}

test.each(ZONES)('the next time is strictly in the future at any moment in %s', (zone) => {
  process.env['TZ'] = zone;
  const recurrences = EXPRESSIONS.map(recurrenceOf);
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2025-01-01T00:00:00Z'), max: new Date('2028-01-01T00:00:00Z'), noInvalidDate: true }),
      fc.constantFrom(...recurrences),
      (after, recurrence) => {
        const next = recurrence.next(after);
        expect(next === null ? 0 : next.getTime()).toBeGreaterThan(after.getTime());
      },
    ),
    { numRuns: 300 },
  );
});

test.each(ZONES)('a restart every minute is never more than an hour away around the changes in %s', (zone) => {
  process.env['TZ'] = zone;
  const recurrence = recurrenceOf('*/1 * * * *');
  for (const change of [
    '2026-03-29',
    '2026-10-25',
    '2026-03-08',
    '2026-11-01',
    '2026-04-05',
    '2026-10-04',
    '2026-09-06',
  ]) {
    const start = Date.parse(`${change}T00:00:00Z`) - 12 * HOUR_MS;
    for (let at = start; at < start + 36 * HOUR_MS; at += 7 * 60_000) {
      const next = recurrence.next(new Date(at))?.getTime() ?? 0;
      expect(next - at).toBeGreaterThan(0);
      expect(next - at).toBeLessThanOrEqual(HOUR_MS + 60_000);
    }
  }
});

test.each([
  ['30 2 * * *', '2026-03-29T00:59:30Z', '2026-03-29T01:30:00Z'],
  // Clocks are already set forward, and the time that was skipped is yet to come.
  ['30 2 * * *', '2026-03-29T01:10:00Z', '2026-03-29T01:30:00Z'],
  ['30 2 * * *', '2026-03-29T01:30:00Z', '2026-03-30T00:30:00Z'],
  ['30 2 * * *', '2026-10-25T00:29:30Z', '2026-10-25T00:30:00Z'],
  // The second 02:30 of the day.
  ['30 2 * * *', '2026-10-25T01:29:30Z', '2026-10-26T01:30:00Z'],
])('%s after %s, on a day on which the clocks of Berlin are changed, is due at %s', (expression, after, due) => {
  const parsed = parseCron(expression, 'Europe/Berlin');
  expect(parsed.ok && parsed.recurrence.next(new Date(after))?.toISOString()).toBe(due.replace('Z', '.000Z'));
});
