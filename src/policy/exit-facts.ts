import type { ExitStatus } from '../protocol/run.ts';

/** How and when a run exited. Times in ms. */
export interface ExitFacts extends ExitStatus {
  readonly atWall: number;
  readonly uptimeMs: number;
  /** It was killed without a request, while the kernel killed processes for lack of memory. */
  readonly outOfMemory?: boolean | undefined;
  /** Where its core dump is: a path, or the command that shows it. */
  readonly coreDump?: string | undefined;
  /** A signal that was sent to it on request, shortly before or which ended it. */
  readonly requested?: RequestedSignal | undefined;
}

/** A signal that was sent to the main process of a program on request. */
export interface RequestedSignal {
  readonly signal: string;
  /** Who requested it: "the operator", or the name of a caller. */
  readonly by: string;
  /** How long before the exit it was sent. */
  readonly agoMs: number;
}

/** Returns whether an exit counts as successful. Termination by a signal never does. */
export function isSuccess(exit: ExitFacts, successExitCodes: readonly number[]): boolean {
  return exit.signal === null && exit.code !== null && successExitCodes.includes(exit.code);
}

/** Returns, e.g., "exited with code 3 after 1.2 s". Events, screens and alerts share this sentence. */
export function describeExit(exit: ExitFacts): string {
  const cause = exit.outOfMemory === true ? ', probably out of memory' : '';
  return `${describeStatus(exit)} after ${seconds(exit.uptimeMs)}${cause}${describeRequest(exit)}`;
}

/** Names who sent the signal, so that an exit that was caused on purpose does not look like a fault of the program. */
function describeRequest({ signal, requested }: ExitFacts): string {
  if (requested === undefined) return '';
  const { by, agoMs } = requested;
  if (signal === requested.signal) return ` (sent by ${by})`;
  return ` (${seconds(agoMs)} after ${by} sent ${requested.signal})`;
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
