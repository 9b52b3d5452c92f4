/** Local times of day, in minutes after midnight. `from` may be later than `to`: then they span midnight. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

const SPAN = /^(\d{1,2}):(\d{2})\s*(?:-|\u2013|to)\s*(\d{1,2}):(\d{2})$/;
const HINT = 'write two local times such as 22:00-07:00';

/** Parses `22:00-07:00`. Returns a hint if it is not that. */
export function parseQuietHours(text: string): QuietHours | string {
  const [, ...numbers] = SPAN.exec(text) ?? [];
  const [fromHour = 24, fromRest = 0, toHour = 24, toRest = 0] = numbers.map(Number);
  const [fromMinute, toMinute] = [fromHour * 60 + fromRest, toHour * 60 + toRest];
  const isTime = fromHour < 24 && toHour < 24 && fromRest < 60 && toRest < 60;
  return isTime && fromMinute !== toMinute ? { fromMinute, toMinute } : HINT;
}

/** Returns when the current quiet hours end, as a local time; null outside of them. */
export function quietUntil({ fromMinute, toMinute }: QuietHours, now: Date): Date | null {
  const minute = now.getHours() * 60 + now.getMinutes();
  const isQuiet =
    fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
  if (!isQuiet) return null;
  const end = new Date(now);
  end.setHours(Math.floor(toMinute / 60), toMinute % 60, 0, 0);
  // The end of a night is on the next day.
  if (end <= now) end.setDate(end.getDate() + 1);
  return end;
}
