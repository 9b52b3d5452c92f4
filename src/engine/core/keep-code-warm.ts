import { setFlagsFromString } from 'node:v8';

/** What to compile and to keep, each with its opposite, which is the default of V8. */
const FLAGS = [
  ['--no-flush-bytecode', '--flush-bytecode'],
  ['--no-lazy-feedback-allocation', '--lazy-feedback-allocation'],
] as const;

/**
 * Keeps V8 from discarding code that has not run for hours, and from deferring type feedback for code that has run only a
 * few times. Crashes are rare, so both would slow down restarts, and they save less than 1 MB here.
 */
export function keepCodeWarm(): void {
  for (const [warm] of FLAGS) setFlagsFromString(warm);
}

/** Runs a function with the flags that V8 has at the start of an engine: a compiled form is valid only for equal flags. */
export function withUsualCompilation<T>(run: () => T): T {
  for (const [, usual] of FLAGS) setFlagsFromString(usual);
  try {
    return run();
  } finally {
    keepCodeWarm();
  }
}
