import type { RunRef } from '../../protocol/run.ts';
import type { FollowRequest } from './files/log-transport.ts';
import type { HeldPipes } from './files/run-pipes.ts';

/** A run whose pipes may still contain output. */
export interface CollectedRun {
  readonly name: RunRef;
  /** Held open by the engine, so that no byte is lost if the log collector dies. */
  readonly pipes: HeldPipes;
  request: FollowRequest | null;
  /** Why output is missing, until a log collector has stored that. */
  lost: string | null;
  hasEnded: boolean;
  onDrained: (() => void) | null;
}

/** Returns a run that has just got its pipes. */
export function newlyCollected(name: RunRef, pipes: HeldPipes): CollectedRun {
  return { name, pipes, request: null, lost: null, hasEnded: false, onDrained: null };
}
