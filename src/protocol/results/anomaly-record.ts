import type { EventKind } from '../event-kinds.ts';

/** An anomaly of a program, as a detector found it. */
export interface AnomalyRecord {
  /** Sequence number of the event that reported it. */
  readonly seq: number;
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: EventKind;
  readonly pid: number | null;
  /** One sentence with the measured values. */
  readonly evidence: string;
  readonly figures: Readonly<Record<string, unknown>>;
  /** The action taken: `log`, `restart` or `kill`; `observe` if healing was suppressed. */
  readonly action: string;
}
