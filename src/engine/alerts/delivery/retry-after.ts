/**
 * Returns for how long a receiver wants to be left alone, in ms: from `Retry-After`, in seconds or as a date. A date is compared
 * with the time of the receiver if it is known, because one of the clocks may be wrong. Returns null without a valid value.
 */
export function retryAfterMs(value: string, date: string, nowMs: number): number | null {
  const text = value.trim();
  if (/^\d+([.]\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const at = Date.parse(text);
  if (text === '' || Number.isNaN(at)) return null;
  const sent = Date.parse(date);
  return Math.max(0, at - (Number.isNaN(sent) ? nowMs : sent));
}
