import type { ExactIdentity } from '../base/process-identity.ts';

/** A process that is terminated when its parent is gone. */
export interface Tracked extends ExactIdentity {
  readonly name: string;
  readonly parent: ExactIdentity & { readonly name: string };
  /** ISO 8601. */
  readonly trackedAt: string;
}

/** What to do about a tracked process: nothing, forget it, or terminate it. */
export type OrphanVerdict = 'watch' | 'forget' | 'end';

/**
 * Decides what to do about a tracked process.
 *
 * @param lives returns whether this very process is alive; false if its pid was reused
 */
export function judgeTracked(
  { pid, startTicks, parent }: Tracked,
  lives: (name: ExactIdentity) => boolean,
): OrphanVerdict {
  if (!lives({ pid, startTicks })) return 'forget';
  return lives(parent) ? 'watch' : 'end';
}

/** A process for which tracking was requested. */
export interface Candidate {
  readonly pid: number;
  readonly parentPid: number;
  /** The program whose main process it is; null if none. */
  readonly program: string | null;
  readonly isKernelThread: boolean;
  readonly mayBeSignaled: boolean;
}

const INIT_PID = 1;

/** Returns why a process cannot be tracked, to follow "cannot track PID:"; null if it can. */
export function whyNotTracked(
  { pid, parentPid, program, isKernelThread, mayBeSignaled }: Candidate,
  engine: { readonly pid: number; readonly ancestors: ReadonlySet<number> },
): string | null {
  if (isKernelThread) return 'it is a kernel thread';
  if (pid === engine.pid) return 'it is the engine';
  if (engine.ancestors.has(pid)) return 'it is an ancestor of the engine';
  if (program !== null) return `it is the program "${program}", which healer manages`;
  if (!mayBeSignaled) return 'the engine is not allowed to signal it; run healer as its user';
  return parentPid === INIT_PID ? 'its parent is PID 1, so it is already an orphan' : null;
}
