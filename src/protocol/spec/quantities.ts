const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const UNIT_MB: Readonly<Record<string, number>> = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 };

/** Durations with units: `250ms`, `1.5s`, `5m`, `1h30m`. */
export const DURATION_PATTERN = /^(?:\d+(?:\.\d+)?(?:ms|[smhd])\s*)+$/;
/** Sizes with units: `500M`, `1.5G`, `512 MiB`. */
export const SIZE_PATTERN = /^\d+(?:\.\d+)?\s*[kKmMgGtT](?:i?[bB])?$/;
/** Percentages: `80%`, `500 %`. */
export const PERCENT_PATTERN = /^\d+(?:\.\d+)?\s*%$/;

/** Counts of checks: `3 of 5`. */
export const FAILURES_PATTERN = /^(\d{1,3}) of (\d{1,3})$/;

/** Returns a duration such as `5m` in milliseconds; null if the text is not a duration with units. */
export function parseMilliseconds(text: string): number | null {
  if (!DURATION_PATTERN.test(text)) return null;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g);
  return Math.round(
    [...parts].reduce((total, [, amount, unit = '']) => total + Number(amount) * (UNIT_MS[unit] ?? 0), 0),
  );
}

/** Returns a size such as `1.5G` in MB of 2^20 bytes, so that 1G is 1024; null if the text is not a size with a unit. */
export function parseMegabytes(text: string): number | null {
  if (!SIZE_PATTERN.test(text)) return null;
  const unit = /[kmgt]/i.exec(text)?.[0].toLowerCase() ?? '';
  return Number.parseFloat(text) * (UNIT_MB[unit] ?? Number.NaN);
}

/** Returns a percentage such as `500%` as a number; null if the text is not one. */
export function parsePercent(text: string): number | null {
  return PERCENT_PATTERN.test(text) ? Number.parseFloat(text) : null;
}

/** Returns the two numbers of a text such as `3 of 5`. */
export function parseFailures(text: string): { readonly failed: number; readonly checks: number } {
  const [, failed, checks] = FAILURES_PATTERN.exec(text) ?? [];
  return { failed: Number(failed), checks: Number(checks) };
}
