import { expect, test } from 'vitest';
import { parseQuietHours, quietUntil } from '../../../src/config/alerts/quiet-hours.ts';

const at = (day: number, hour: number, minute = 0): Date => new Date(2026, 5, day, hour, minute);

test.each<[string, Date, Date | null]>([
  ['22:00-07:00', at(1, 21, 59), null],
  ['22:00-07:00', at(1, 22), at(2, 7)],
  ['22:00-07:00', at(2, 6, 59), at(2, 7)],
  ['22:00-07:00', at(2, 7), null],
  ['9:30 - 17:00', at(1, 12), at(1, 17)],
  ['9:30 - 17:00', at(1, 17), null],
  ['22:00–07:00', at(1, 23), at(2, 7)],
  ['22:00 to 07:00', at(1, 23), at(2, 7)],
])('%s at %s last until %s', (text, now, until) => {
  const hours = parseQuietHours(text);
  if (typeof hours === 'string') throw new Error(hours);
  expect(quietUntil(hours, now)).toEqual(until);
});

test.each(['', '22:00', '24:00-07:00', '22:60-07:00', '22:00-22:00', '10pm-7am', '22-7'])(
  '"%s" is not accepted',
  (text) => {
    expect(parseQuietHours(text)).toBe('write two local times such as 22:00-07:00');
  },
);
