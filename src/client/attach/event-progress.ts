import type { EngineEvent } from '../../protocol/engine-event.ts';

/** The newest sequence number that a stream of events has passed on, or null before it knows one. */
export type EventProgress = number | null;

/**
 * After which event a stream starts or goes on, so that nothing is missed and nothing comes twice.
 *
 * A stream that wants only what is new starts after the newest event there is, not at "whatever comes": an event that
 * falls between two connections is then still asked for. An engine whose newest event is older than what was seen has
 * lost its history; it is heard from its beginning.
 */
export function resumeAfter(progress: EventProgress, newestSeq: number): number {
  if (progress === null) return newestSeq;
  return progress > newestSeq ? 0 : progress;
}

/** The events beyond `progress`, and how far the stream is with them. */
export function unseenEvents(
  events: readonly EngineEvent[],
  progress: number,
): { readonly fresh: readonly EngineEvent[]; readonly progress: number } {
  const fresh = events.filter((event) => event.seq > progress);
  return { fresh, progress: fresh.at(-1)?.seq ?? progress };
}
