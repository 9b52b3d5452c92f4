import type { Suggestion } from '../../protocol/results/suggestions.ts';
import type { Observations } from './observations.ts';

const MINUTES_AN_HOUR = 60;
const HOURS_A_DAY = 24;
/** An hour counts as observed if most of it was. */
const LEAST_MINUTES = 45;
/** The quietest hour is only known if most of the day was observed. */
const LEAST_HOURS = 18;
/** A finding was a cache if a run rested at this multiple of it or less. */
const SAME_SIZE = 1.5;

/** Proposes settings of the leak detector from what it found. */
export function suggestLeakSettings(seen: Observations): Suggestion[] {
  const leaks = seen.anomalies.filter(({ kind }) => kind === 'memory-leak');
  if (leaks.length === 0) return [];
  return [...suggestLog(seen, leaks.length), ...suggestWindow(seen, leaks)];
}

/** A program that rested at the size at which a leak was found has a cache. */
function suggestLog({ spec, memory: { plateauMb }, anomalies }: Observations, count: number): Suggestion[] {
  const { action, minGrowthMb } = spec.anomaly.leak;
  const sizes = anomalies.flatMap(({ kind, figures }) => (kind === 'memory-leak' ? [Number(figures['toMb'])] : []));
  const largest = Math.max(...sizes);
  if (action === 'log' || plateauMb === 0 || plateauMb < largest || plateauMb > SAME_SIZE * largest) return [];
  const reason = `memory that was reported as a leak ${count === 1 ? 'once' : `${count} times`} rested at ${plateauMb.toFixed(0)} MB: a cache that is filled`;
  return [{ field: 'anomaly.leak.minGrowthMb', now: minGrowthMb, proposed: Math.ceil(plateauMb / 10) * 10, reason }];
}

/** A slow leak can wait for the hour in which the program has the least to do. */
function suggestWindow(seen: Observations, leaks: Observations['anomalies']): Suggestion[] {
  const { restartWindow, action } = seen.spec.anomaly.leak;
  const slow = leaks.findLast(({ figures }) => figures['mbPerHour'] !== undefined);
  const quietest = slow === undefined || restartWindow !== null || action === 'log' ? null : quietestHour(seen);
  if (slow === undefined || quietest === null) return [];
  const window = `${clock(quietest.hour)}-${clock(quietest.hour + 1)}`;
  const reason = `leaks ${String(slow.figures['mbPerHour'])} MB per hour; from ${clock(quietest.hour)} on it used the least CPU of all hours (${quietest.cpu.toFixed(0)} %)`;
  return [{ field: 'anomaly.leak.restartWindow', now: restartWindow, proposed: window, reason }];
}

function quietestHour({
  cpuByMinute,
  minuteOfDay,
}: Observations): { readonly hour: number; readonly cpu: number } | null {
  const sums = Array.from({ length: HOURS_A_DAY }, () => ({ cpu: 0, minutes: 0 }));
  for (const [index, cpu] of cpuByMinute.entries()) {
    const ago = cpuByMinute.length - 1 - index;
    const minute = minuteOfDay - (ago % (HOURS_A_DAY * MINUTES_AN_HOUR));
    const hour = Math.floor(
      ((minute + HOURS_A_DAY * MINUTES_AN_HOUR) % (HOURS_A_DAY * MINUTES_AN_HOUR)) / MINUTES_AN_HOUR,
    );
    const sum = sums[hour];
    if (cpu === null || sum === undefined) continue;
    sum.cpu += cpu;
    sum.minutes += 1;
  }
  const hours = sums.flatMap(({ cpu, minutes }, hour) =>
    minutes >= LEAST_MINUTES ? [{ hour, cpu: cpu / minutes }] : [],
  );
  if (hours.length < LEAST_HOURS) return null;
  return hours.reduce((least, hour) => (hour.cpu < least.cpu ? hour : least));
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
