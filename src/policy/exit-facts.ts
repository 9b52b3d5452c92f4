import type { ExitStatus } from '../protocol/run.ts';

/** How and when a run exited. Times in ms. */
export interface ExitFacts extends ExitStatus {
  readonly atWall: number;
  readonly uptimeMs: number;
}

/** A death by a signal never is, whatever the list of codes says. */
export function isSuccess(exit: ExitFacts, successExitCodes: readonly number[]): boolean {
  return exit.signal === null && exit.code !== null && successExitCodes.includes(exit.code);
}

/** "exited with code 3 after 1.2 s", the sentence that log, screen and mail share. */
export function describeExit(exit: ExitFacts): string {
  return `${describeStatus(exit)} after ${seconds(exit.uptimeMs)}`;
}

function describeStatus(exit: ExitFacts): string {
  if (exit.signal !== null) return `killed by ${exit.signal}${exit.coreDumped ? ' (core dumped)' : ''}`;
  if (exit.code !== null) return `exited with code ${String(exit.code)}`;
  return 'ended, exit code unknown (nobody was there to see it)';
}

/** "12 ms", "1.5 s", "120 s". */
export function seconds(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))} ms`;
  return `${ms < 10_000 ? (ms / 1000).toFixed(1) : String(Math.round(ms / 1000))} s`;
}
