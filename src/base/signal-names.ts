import { constants } from 'node:os';

/** The first of several names is the usual one: SIGABRT rather than SIGIOT, SIGIO rather than SIGPOLL. */
let names: ReadonlyMap<number, string> | undefined;

/** The range of the real-time signals, as programs that use glibc see it. */
const FIRST_REAL_TIME = 34;
const LAST_REAL_TIME = 64;
const MIDDLE_REAL_TIME = 49;

/** Returns the usual name of a signal. Real-time signals are named as in signal(7) and by bash: "SIGRTMIN+1". */
export function signalName(number: number): string {
  names ??= firstNames(constants.signals);
  return names.get(number) ?? realTimeName(number) ?? `signal ${String(number)}`;
}

/** Returns a map from numbers to names in which the first of several names for a number counts. */
export function firstNames(numbers: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const [name, number] of Object.entries(numbers)) if (!names.has(number)) names.set(number, name);
  return names;
}

function realTimeName(number: number): string | null {
  if (number < FIRST_REAL_TIME || number > LAST_REAL_TIME) return null;
  const [base, offset] =
    number <= MIDDLE_REAL_TIME ? ['SIGRTMIN', number - FIRST_REAL_TIME] : ['SIGRTMAX', number - LAST_REAL_TIME];
  return offset === 0 ? base : `${base}${offset > 0 ? '+' : ''}${String(offset)}`;
}
