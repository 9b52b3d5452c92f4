const UNIT_MS: Readonly<Record<string, number>> = {
  ...{ us: 0.001, ms: 1, msec: 1, s: 1000, sec: 1000, second: 1000, seconds: 1000 },
  ...{
    m: 60_000,
    min: 60_000,
    minute: 60_000,
    minutes: 60_000,
    h: 3_600_000,
    hr: 3_600_000,
    hour: 3_600_000,
    hours: 3_600_000,
  },
  ...{ d: 86_400_000, day: 86_400_000, days: 86_400_000, w: 604_800_000, week: 604_800_000, weeks: 604_800_000 },
};
const PART = /\s*(\d+(?:\.\d+)?)\s*([a-z]*)/y;

/**
 * Parses a duration such as "1m30s", "90s" or "5min 20s", as in Docker Compose and systemd. Returns milliseconds, or null when the
 * text is not a duration.
 * @param unit the unit of a number without one; null when it needs one
 */
export function parseSpan(text: string, unit: 's' | null = null): number | null {
  const written = text.trim().toLowerCase();
  let total = 0;
  let at = 0;
  while (at < written.length) {
    PART.lastIndex = at;
    const match = PART.exec(written);
    const factor = UNIT_MS[match?.[2] === '' ? (unit ?? '') : (match?.[2] ?? '')];
    if (match === null || factor === undefined) return null;
    total += Number(match[1]) * factor;
    at = PART.lastIndex;
  }
  return written === '' ? null : Math.round(total);
}
