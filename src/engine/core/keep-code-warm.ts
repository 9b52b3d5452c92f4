import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from discarding code that has not run for hours, and from deferring type feedback for code that has run only a
 * few times. Crashes are rare, so both would slow down restarts, and they save less than 1 MB here.
 */
export function keepCodeWarm(): void {
  setFlagsFromString('--no-flush-bytecode');
  setFlagsFromString('--no-lazy-feedback-allocation');
}
