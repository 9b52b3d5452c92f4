import type { Finding } from './detector.ts';

/** A time of day from which and until which restarts are welcome, in minutes since midnight. It may span midnight. */
export interface RestartWindow {
  readonly from: number;
  readonly until: number;
}

/** What the response to a leak depends on. */
export interface LeakCircumstances {
  readonly action: 'log' | 'restart' | 'kill';
  readonly restartWindow: RestartWindow | null;
  /** Local time, in minutes since midnight. */
  readonly minuteOfDay: number;
  /** Memory to which this run may grow before its growth alone ends it, in MB. */
  readonly toleratedMb: number;
}

/** A leak that will use up the memory within this time leaves no time to wait, in hours. */
const NEAR_H = 0.5;

/**
 * Returns the action on a leak. A slow one has time until the limit is near: it is only reported, and the program is
 * restarted in the restart window. The growth of a run after a restart for a leak is only reported up to a multiple, so that
 * a large cache costs one restart.
 */
export function responseToLeak(
  { evidence, isSlow = false }: Finding,
  { action, restartWindow, minuteOfDay, toleratedMb }: LeakCircumstances,
): 'log' | 'restart' | 'kill' {
  if (action === 'log' || evidence === null) return 'log';
  const { hoursLeft = Infinity, toMb = Infinity, mbPerSecond } = evidence.figures;
  if (mbPerSecond !== undefined || hoursLeft <= NEAR_H) return action;
  if (toMb < toleratedMb) return 'log';
  if (!isSlow) return action;
  return restartWindow !== null && isWithin(restartWindow, minuteOfDay) ? action : 'log';
}

function isWithin({ from, until }: RestartWindow, minute: number): boolean {
  return from <= until ? minute >= from && minute < until : minute >= from || minute < until;
}

/** Reads "03:00-05:00"; null if it is not such a window. */
export function parseRestartWindow(text: string): RestartWindow | null {
  const [, ...parts] = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text) ?? [];
  const [fromHour = 99, fromMinute = 99, untilHour = 99, untilMinute = 99] = parts.map(Number);
  if (fromHour > 23 || untilHour > 24 || fromMinute > 59 || untilMinute > 59) return null;
  return { from: fromHour * 60 + fromMinute, until: untilHour * 60 + untilMinute };
}
