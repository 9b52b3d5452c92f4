import { MOMENT_EXAMPLES, parseMoment } from '../../base/parse-moment.ts';

/** A place in a log to go to: a line counted from the oldest one that is kept, a share of the log, or a time. */
export type LogGoal =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'share'; readonly percent: number }
  | { readonly kind: 'time'; readonly timeMs: number };

/** How a place can be written, for messages. */
export const GOAL_EXAMPLES = `a line such as 1200, a share such as 50%, or a time: ${MOMENT_EXAMPLES}`;

/** Parses a place in a log; null for any other text. A time of day that is still to come is one of yesterday. */
export function parseGoal(text: string, nowMs: number): LogGoal | null {
  if (/^\d{1,12}$/.test(text)) return { kind: 'line', line: Math.max(1, Number(text)) };
  const [, percent] = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text) ?? [];
  if (percent !== undefined) return Number(percent) > 100 ? null : { kind: 'share', percent: Number(percent) };
  const timeMs = parseMoment(text.replace(/^-(?=\d)|\s+ago$/g, ''), nowMs);
  if (timeMs === null) return null;
  const isTimeOfDay = /^\d{1,2}:/.test(text);
  return { kind: 'time', timeMs: isTimeOfDay && timeMs > nowMs ? dayBefore(timeMs) : timeMs };
}

function dayBefore(timeMs: number): number {
  const date = new Date(timeMs);
  return date.setDate(date.getDate() - 1);
}
