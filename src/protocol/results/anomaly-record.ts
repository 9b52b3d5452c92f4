import type { EventKind } from '../event-kinds.ts';

/** What a detector found about a program. */
export interface AnomalyRecord {
  /** Of the event that told it. */
  readonly seq: number;
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: EventKind;
  readonly pid: number | null;
  /** A sentence with the figures that tell it. */
  readonly evidence: string;
  readonly figures: Readonly<Record<string, unknown>>;
  /** What was done about it: `log`, `restart`, `kill`, or `observe` where healing only watches. */
  readonly action: string;
}
