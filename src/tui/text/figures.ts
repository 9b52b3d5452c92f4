import type { Limits } from '../../protocol/snapshot.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEP = 10;

/** An uptime that seldom changes, in steps of 10 s and then of minutes, so that a calm table stays still on the wire. */
export function coarseDuration(ms: number): string {
  if (ms < STEP * SECOND) return `<${STEP}s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND / STEP) * STEP}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h ${Math.floor((ms % HOUR) / MINUTE)}m`;
  return `${Math.floor(ms / DAY)}d ${Math.floor((ms % DAY) / HOUR)}h`;
}

/** Whole seconds, rounded up: it reads 1 until it is over. */
export function countdown(untilIso: string | null, nowMs: number): string {
  if (untilIso === null) return '';
  const seconds = Math.max(0, Math.ceil((Date.parse(untilIso) - nowMs) / SECOND));
  return seconds < 600 ? `${seconds}s` : coarseDuration(seconds * SECOND);
}

/** Empty when nothing was measured. */
export function oneDecimal(value: number | null): string {
  return value === null ? '' : value.toFixed(1);
}

export function gigabytes(mb: number): string {
  return (mb / 1024).toFixed(1);
}

/** "150% 512M", or what is limited of the two: a dash before a figure would read as minus. Empty when nothing is. */
export function limitsText({ cpuPercent, memoryMb }: Limits): string {
  const cpu = cpuPercent === null ? [] : [`${Math.round(cpuPercent)}%`];
  const memory = memoryMb === null ? [] : [`${Math.round(memoryMb)}M`];
  return [...cpu, ...memory].join(' ');
}

/** Local time of day, as the person who reads has it on their clock. */
export function timeOfDay(iso: string): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
