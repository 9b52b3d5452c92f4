import { setFlagsFromString } from 'node:v8';

/**
 * A crash is rare, and what it runs is code that has not run for hours: V8 throws such code away, and takes no notes on
 * code that has run a few times only. Both make a restart slower and save less than a megabyte here.
 */
export function keepCodeWarm(): void {
  setFlagsFromString('--no-flush-bytecode');
  setFlagsFromString('--no-lazy-feedback-allocation');
}
