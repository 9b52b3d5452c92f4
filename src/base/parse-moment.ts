import { parseDuration } from './duration.ts';

const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_AND_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

/** How a point in time can be written, for messages. */
export const MOMENT_EXAMPLES = '10m (ago), 14:30, 2026-11-29 or 2026-11-29T14:30:00';

/**
 * Parses a point in time in ms: a duration before now, a time of today or a date, in the local time zone unless it names one.
 * Returns null for any other text.
 */
export function parseMoment(text: string, nowMs: number): number | null {
  const agoMs = parseDuration(text);
  if (agoMs !== null) return nowMs - agoMs;
  const [, hour, minute, second = '0'] = TIME_OF_DAY.exec(text) ?? [];
  if (hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60) {
    return new Date(nowMs).setHours(Number(hour), Number(minute), Number(second), 0);
  }
  // A date without a time would be read as UTC.
  const iso = DATE.test(text) ? `${text}T00:00` : DATE_AND_TIME.test(text) ? text.replace(' ', 'T') : '';
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? null : ms;
}
