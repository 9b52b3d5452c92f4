import type { EventKind } from './event-kinds.ts';

/** One decision or observation of the engine. */
export interface EngineEvent {
  /** Increases by one with each event, across restarts of the engine. */
  readonly seq: number;
  /** ISO 8601. */
  readonly time: string;
  readonly kind: EventKind;
  /** Program id; null for the engine itself. */
  readonly process: string | null;
  readonly pid: number | null;
  /** Why it happened, in one sentence. */
  readonly reason: string;
  readonly data: Readonly<Record<string, unknown>>;
}
