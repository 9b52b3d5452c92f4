import type { ExactIdentity } from '../base/process-identity.ts';

/** A process that is to end with its parent. */
export interface Tracked extends ExactIdentity {
  readonly name: string;
  readonly parent: ExactIdentity & { readonly name: string };
  /** ISO 8601. */
  readonly trackedAt: string;
}

/** What is to be done about a tracked process: nothing, forget it, or end it. */
export type OrphanVerdict = 'watch' | 'forget' | 'end';

/** @param lives whether a process is alive, and the same one: a pid that passed to another is not */
export function judgeTracked(
  { pid, startTicks, parent }: Tracked,
  lives: (name: ExactIdentity) => boolean,
): OrphanVerdict {
  if (!lives({ pid, startTicks })) return 'forget';
  return lives(parent) ? 'watch' : 'end';
}

/** What is known of a process that somebody wants to have tracked. */
export interface Candidate {
  readonly pid: number;
  readonly parentPid: number;
  /** The program to whose main process the pid belongs. */
  readonly program: string | null;
  readonly isKernelThread: boolean;
  readonly mayBeSignalled: boolean;
}

const INIT_PID = 1;

/** Why a process cannot be tracked, in words that go on after "cannot track PID:"; null where it can. */
export function whyNotTracked(
  { pid, parentPid, program, isKernelThread, mayBeSignalled }: Candidate,
  onlooker: { readonly pid: number; readonly ancestors: ReadonlySet<number> },
): string | null {
  if (isKernelThread) return 'it is a thread of the kernel';
  if (pid === onlooker.pid) return 'it is the engine';
  if (onlooker.ancestors.has(pid)) return 'the engine descends from it';
  if (program !== null) return `it is the program "${program}", which healer runs`;
  if (!mayBeSignalled) return 'this engine may not signal it; run healer as its user';
  return parentPid === INIT_PID ? 'its parent is PID 1, so it is an orphan already' : null;
}
