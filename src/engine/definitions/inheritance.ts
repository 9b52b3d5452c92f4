import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { CooldownEntry } from '../store/cooldown-file.ts';
import type { StoredState } from '../store/state-store.ts';

/** What the previous engine left behind. */
export interface Inheritance {
  readonly stored: StoredState;
  readonly cooldowns: ReadonlyMap<string, CooldownEntry>;
  /** The number of the last event that `cooldowns` reflect; null if it is unknown. */
  readonly cooldownSeq: number | null;
  /** False after a reboot: no process of the previous boot can be alive, and its pids are meaningless. */
  readonly isSameBoot: boolean;
  /** Whether the previous engine was killed while it stopped all programs. */
  readonly isShutdownInterrupted: boolean;
  /** The events about each program that can still be read, oldest first. Those that are newer than its record correct it. */
  readonly events: ReadonlyMap<string, readonly EngineEvent[]>;
  /** Whether the text of the sources was changed since the previous engine read it. */
  readonly isRewritten: boolean;
  /** Ids of programs that were enabled while no engine ran: a recorded disabled state does not apply to them. */
  readonly enabled: ReadonlySet<string>;
}
