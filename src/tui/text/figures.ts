import type { Limits } from '../../protocol/snapshot.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEP = 10;

/** Formats a duration in steps of 10 s and then of minutes, so that few lines of a table change and have to be sent. */
export function coarseDuration(ms: number): string {
  if (ms < STEP * SECOND) return `<${STEP}s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND / STEP) * STEP}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h ${Math.floor((ms % HOUR) / MINUTE)}m`;
  return `${Math.floor(ms / DAY)}d ${Math.floor((ms % DAY) / HOUR)}h`;
}

/** Returns how long a duration is formatted in the same way from here on, at least. */
export function coarseFor(ms: number): number {
  const step = ms < MINUTE ? STEP * SECOND : MINUTE;
  return step - (((ms % step) + step) % step);
}

/** Formats the time that is left in whole seconds, rounded up. Empty if there is no end. */
export function countdown(untilIso: string | null, nowMs: number): string {
  if (untilIso === null) return '';
  const seconds = Math.max(0, Math.ceil((Date.parse(untilIso) - nowMs) / SECOND));
  return seconds < 600 ? `${seconds}s` : coarseDuration(seconds * SECOND);
}

/** Formats a measured value; empty if there is none. */
export function oneDecimal(value: number | null): string {
  return value === null ? '' : value.toFixed(1);
}

/** Formats MB as GB, without the unit. */
export function gigabytes(mb: number): string {
  return (mb / 1024).toFixed(1);
}

/** Formats limits as "150% 512M", without those that are not set: a dash would look like a minus sign. */
export function limitsText({ cpuPercent, memoryMb }: Limits): string {
  const cpu = cpuPercent === null ? [] : [`${Math.round(cpuPercent)}%`];
  const memory = memoryMb === null ? [] : [`${Math.round(memoryMb)}M`];
  return [...cpu, ...memory].join(' ');
}

/** Formats the time of day in the local time zone. */
export function timeOfDay(iso: string): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
