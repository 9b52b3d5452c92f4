import type { EventKind } from './event-kinds.ts';

/** One decision or observation of the engine. */
export interface EngineEvent {
  /** Rises by one an event, over the engine's restarts too. */
  readonly seq: number;
  /** ISO 8601. */
  readonly time: string;
  readonly kind: EventKind;
  /** Program id; null for the engine itself. */
  readonly process: string | null;
  readonly pid: number | null;
  /** The decision's own sentence. */
  readonly reason: string;
  readonly data: Readonly<Record<string, unknown>>;
}
