import type { AlertSubject } from '../../policy/alerts/alert-of.ts';
import type { ProgramFacts } from '../../policy/alerts/summaries.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { LogLine } from '../../protocol/log-line.ts';

/** The parts of the rest of the engine that alerts use. */
export interface AlertsPorts {
  readonly instance: string;
  readonly alertsFile: string;
  readonly spoolDir: string;
  /** The script of the delivery worker. */
  readonly deliveryPath: string;
  /** Wall clock in ms. */
  readonly now: () => number;
  /** Monotonic clock in ms; the wall clock by default. */
  readonly steadyNow?: () => number;
  readonly lastSeq: () => number;
  readonly eventsAfter: (seq: number) => readonly EngineEvent[];
  readonly subjectOf: (process: string) => AlertSubject | null;
  readonly facts: ProgramFacts;
  /** Returns the variables that locate the desktop session; null without a session. Absent: those of the engine count. */
  readonly desktopSession?: () => Readonly<Record<string, string>> | null;
  readonly readTail: (process: string, count: number) => Promise<readonly LogLine[]>;
  /** Records an event of the engine. */
  readonly record: (kind: EngineEvent['kind'], reason: string, data: Record<string, unknown>) => void;
}
