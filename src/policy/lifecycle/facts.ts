import type { AnomalyKind } from '../../protocol/event-kinds.ts';
import type { MemoryMeasure } from '../../protocol/memory-measure.ts';
import type { Evidence } from '../anomaly/detector.ts';
import type { ExitFacts } from '../exit-facts.ts';
import type { HealthEvidence } from '../health.ts';
import type { Shortage } from '../shortage.ts';
import type { Leftover, MainProcess, Run } from './state.ts';

/** A fact that was observed of a process: it is ignored unless that is the current main process of the program. */
interface Observation {
  readonly of: MainProcess;
}

/** What happened to a program or was requested for it. The lifecycle reacts to nothing else. */
export type Fact =
  | { readonly kind: 'startRequested'; readonly by: 'boot' | 'added' | 'operator' }
  /** `by` is the id of the program that cannot start without this one. */
  | { readonly kind: 'neededByDependent'; readonly by: string }
  | { readonly kind: 'dependencyChanged' }
  | { readonly kind: 'spawned'; readonly run: Run; /** Added to the reason of the event. */ readonly note?: string }
  | { readonly kind: 'spawnedBeside'; readonly run: Run }
  | { readonly kind: 'spawnBesideFailed'; readonly problem: string }
  /** `shortage`: only a resource was missing, so that the start may succeed soon. */
  | { readonly kind: 'spawnFailed'; readonly problem: string; readonly shortage?: Shortage }
  /** It was not started, because it requires a display and there is none. */
  | { readonly kind: 'displayMissing'; readonly problem: string }
  /** The display that the program waits for accepts connections. */
  | { readonly kind: 'displayAppeared' }
  | {
      readonly kind: 'adopted';
      readonly run: Run;
      readonly paused: boolean;
      /** Whether the earlier engine still waited until it is ready. */
      readonly isStarting?: boolean;
    }
  /** Unmanaged processes of the program's name are running, or no longer, while it does not run itself (`adopt: by-name`). */
  | { readonly kind: 'unmanagedSeen'; readonly pids: readonly number[] }
  /** The main process exited. `leftovers`: other processes of its tree are still alive. */
  | (Observation & {
      readonly kind: 'exited';
      readonly exit: ExitFacts;
      readonly leftovers: boolean;
      /** Some of them, for the events that name them. */
      readonly left?: readonly Leftover[];
      /** It exited because its display is missing; says which one. */
      readonly display?: string;
    })
  /** The main process of a program that moved itself to the background. `source`: "in the pid file "…"". */
  | (Observation & {
      readonly kind: 'mainFound';
      readonly pid: number;
      readonly startTicks: number;
      readonly source: string;
    })
  /** There is no such process, or it is unclear which one it is. `leftovers`: some processes are still alive. */
  | (Observation & { readonly kind: 'mainMissing'; readonly problem: string; readonly leftovers: boolean })
  /** No process of the tree is alive. */
  | (Observation & { readonly kind: 'treeEnded' })
  /** The stop command exited, or could not be executed. `outcome`: "exited with code 1". */
  | (Observation & { readonly kind: 'stopCommandEnded'; readonly ok: boolean; readonly outcome: string })
  /** The command before the start exited, or could not be executed. `outcome`: "exited with code 1". */
  | { readonly kind: 'beforeEnded'; readonly ok: boolean; readonly outcome: string }
  /** The timer of the program's state expired. */
  | { readonly kind: 'timeElapsed' }
  | {
      readonly kind: 'stopRequested';
      readonly graceful: boolean;
      readonly timeoutMs: number | null;
      readonly by: string;
    }
  | {
      readonly kind: 'restartRequested';
      readonly timeoutMs: number | null;
      readonly by: 'operator' | 'config';
      /** The dependency with which it is restarted. */
      readonly with?: string;
    }
  | { readonly kind: 'pauseRequested' }
  | { readonly kind: 'resumeRequested' }
  | { readonly kind: 'reloadRequested' }
  /** A scheduled restart is due. */
  | {
      readonly kind: 'restartDue';
      readonly schedule: string;
      /** When it was due while no engine was running; absent if it is due now. ISO 8601. */
      readonly missedAt?: string;
    }
  /** The program is up although it may not run while the connection to the fleet is lost. */
  | { readonly kind: 'fleetLost' }
  /** The run takes longer than `maxRuntimeMs`. */
  | (Observation & { readonly kind: 'runTimeExceeded'; readonly limitMs: number })
  /** Healing was paused, resumed, or switched to or from observe mode. */
  | { readonly kind: 'healingChanged' }
  | { readonly kind: 'enableRequested' }
  | { readonly kind: 'disableRequested' }
  | { readonly kind: 'removeRequested' }
  | { readonly kind: 'cooldownResetRequested' }
  /** Its definition was changed by an edit or a command. */
  | { readonly kind: 'definitionChanged' }
  | (Observation & {
      readonly kind: 'limitExceeded';
      readonly resource: 'cpu' | 'memory';
      readonly measured: number;
      readonly limit: number;
      readonly samples: readonly number[];
      /** How memory was measured. */
      readonly measure?: MemoryMeasure;
    })
  | (Observation & {
      readonly kind: 'anomalyFound';
      readonly anomaly: AnomalyKind;
      readonly evidence: Evidence;
      readonly action: 'log' | 'restart' | 'kill';
    })
  /** The program did not reap its dead children after SIGCHLD. */
  | (Observation & { readonly kind: 'zombiesNotReaped'; readonly pids: readonly number[]; readonly story: string })
  | (Observation & { readonly kind: 'becameHealthy'; readonly evidence: HealthEvidence })
  | (Observation & { readonly kind: 'becameUnhealthy'; readonly evidence: HealthEvidence })
  | (Observation & { readonly kind: 'startupCheckFailed'; readonly evidence: HealthEvidence })
  /** It is ready. `how`: "its output matched "listening"". */
  | (Observation & { readonly kind: 'becameReady'; readonly how: string })
  /** It requested more time to start or to stop, counted from now. */
  | (Observation & { readonly kind: 'timeoutExtended'; readonly extraMs: number })
  /** It announced another process of its own as its main process. */
  | (Observation & { readonly kind: 'mainChanged'; readonly pid: number; readonly startTicks: number })
  /** Its watchdog expired, or it triggered it. `how`: "it sent WATCHDOG=trigger". */
  | (Observation & { readonly kind: 'watchdogFailed'; readonly how: string })
  /** The health check of a live program was changed or removed. */
  | { readonly kind: 'healthCheckChanged' };

export type FactKind = Fact['kind'];
export type FactOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>;
