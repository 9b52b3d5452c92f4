import type { EngineEvent } from '../../protocol/engine-event.ts';

/** The sequence number of the last event that a stream delivered; null before the first. */
export type EventProgress = number | null;

/**
 * Returns the sequence number after which a stream starts or resumes, so that each event is delivered exactly once.
 *
 * A stream of new events starts after the newest existing event instead of at the next one, so that events between two
 * connections are not missed. An engine whose newest event is older than `progress` has lost its history, so the stream
 * starts from the engine's first event.
 */
export function resumeAfter(progress: EventProgress, newestSeq: number): number {
  if (progress === null) return newestSeq;
  return progress > newestSeq ? 0 : progress;
}

/** Returns the events after `progress`, and the new progress. */
export function unseenEvents(
  events: readonly EngineEvent[],
  progress: number,
): { readonly fresh: readonly EngineEvent[]; readonly progress: number } {
  const fresh = events.filter((event) => event.seq > progress);
  return { fresh, progress: fresh.at(-1)?.seq ?? progress };
}
