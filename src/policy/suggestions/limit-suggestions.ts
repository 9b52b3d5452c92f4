import type { Suggestion } from '../../protocol/results/suggestions.ts';
import { measured, type Observations, quantile } from './observations.ts';

/** A memory limit leaves half of the highest usage as room, and at least this much, in MB. */
const MEMORY_FACTOR = 1.5;
const LEAST_ROOM_MB = 64;
/** A CPU limit leaves the highest usage of a minute as room, and at least this much, in percent of one core. */
const CPU_FACTOR = 2;
const LEAST_ROOM_PERCENT = 30;
/** A limit is too high if usage never exceeded this share of it. */
const LOOSE_SHARE = 0.2;
/** A limit is too low if a program without a fault is stopped this often in a day because of it. */
const STOPS_A_DAY = 2;
/** A limit is close if usage exceeded this share of it. */
const CLOSE_SHARE = 0.85;

interface Limit {
  readonly field: 'limits.memoryMb' | 'limits.cpuPercent';
  readonly now: number | null;
  /** The highest usage. */
  readonly most: number;
  readonly proposed: number;
  readonly stops: number;
  readonly show: (value: number) => string;
  readonly rule: string;
}

/** Proposes limits from the usage of a day: new ones, higher ones for healthy programs that reach them, and lower ones that would do their work. */
export function suggestLimits(seen: Observations, span: string): Suggestion[] {
  const { memoryMb, cpuPercent } = seen.spec.limits;
  const memory = measured(seen.memoryByMinute);
  const cpu = measured(seen.cpuByMinute);
  const leaks = seen.anomalies.some(({ kind }) => kind === 'memory-leak');
  // What a leak has added is no reason for a higher limit: half of the day has less.
  const most = leaks ? quantile(memory, 0.5) : (memory.at(-1) ?? NaN);
  const mostCpu = quantile(cpu, 0.999);
  const all = seen.cores * 100;
  return [
    ...suggestLimit(
      {
        field: 'limits.memoryMb',
        now: memoryMb,
        most,
        proposed: roundUp(Math.max(most * MEMORY_FACTOR, most + LEAST_ROOM_MB)),
        stops: leaks ? 0 : seen.stops.memory,
        show: (value) => `${value.toFixed(0)} MB`,
        rule: leaks ? 'half of that as room; half of the time counts, because memory leaked' : 'half of that as room',
      },
      span,
    ),
    ...suggestLimit(
      {
        field: 'limits.cpuPercent',
        now: cpuPercent,
        most: mostCpu,
        // A program that needs all processors has no use for a limit.
        proposed: roundUp(Math.max(mostCpu * CPU_FACTOR, mostCpu + LEAST_ROOM_PERCENT)),
        stops: seen.stops.cpu,
        show: (value) => `${value.toFixed(0)} % of one core in any minute`,
        rule: 'the same as room',
      },
      span,
    ).filter(({ proposed }) => typeof proposed !== 'number' || proposed < all),
  ];
}

function suggestLimit({ field, now, most, proposed, stops, show, rule }: Limit, span: string): Suggestion[] {
  if (Number.isNaN(most)) return [];
  const used = `used at most ${show(most)} in ${span}`;
  if (now === null) return [{ field, now, proposed, reason: `${used}; ${rule}` }];
  if (stops >= STOPS_A_DAY) {
    const higher = Math.max(proposed, roundUp(now * MEMORY_FACTOR));
    return [
      { field, now, proposed: higher, reason: `was stopped ${stops} times in ${span} at its limit, without a leak` },
    ];
  }
  if (most > CLOSE_SHARE * now && proposed > now)
    return [{ field, now, proposed, reason: `${used}, close to its limit; ${rule}` }];
  if (most < LOOSE_SHARE * now && proposed < now / 2)
    return [{ field, now, proposed, reason: `${used}, far below its limit; ${rule}` }];
  return [];
}

/** Rounds up to two digits, so that the value looks like one that a person chose. */
function roundUp(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / step) * step;
}
