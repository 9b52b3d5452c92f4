import type { ExitStatus } from '../protocol/run.ts';

/** How and when a run exited. Times in ms. */
export interface ExitFacts extends ExitStatus {
  readonly atWall: number;
  readonly uptimeMs: number;
  /** It was killed without a request, while the kernel killed processes for lack of memory. */
  readonly outOfMemory?: boolean | undefined;
  /** Where its core dump is: a path, or the command that shows it. */
  readonly coreDump?: string | undefined;
}

/** Returns whether an exit counts as successful. Termination by a signal never does. */
export function isSuccess(exit: ExitFacts, successExitCodes: readonly number[]): boolean {
  return exit.signal === null && exit.code !== null && successExitCodes.includes(exit.code);
}

/** Returns, e.g., "exited with code 3 after 1.2 s". Events, screens and alerts share this sentence. */
export function describeExit(exit: ExitFacts): string {
  const cause = exit.outOfMemory === true ? ', probably out of memory' : '';
  return `${describeStatus(exit)} after ${seconds(exit.uptimeMs)}${cause}`;
}

function describeStatus(exit: ExitFacts): string {
  if (exit.signal !== null) return `killed by ${exit.signal}${exit.coreDumped ? ' (core dumped)' : ''}`;
  if (exit.code !== null) return `exited with code ${String(exit.code)}`;
  return 'exited (exit status unknown; no engine was waiting for it)';
}

/** Formats a duration: "12 ms", "1.5 s", "120 s". */
export function seconds(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))} ms`;
  return `${String(ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000))} s`;
}
