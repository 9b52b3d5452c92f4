import type { AnomalyKind } from '../../protocol/event-kinds.ts';
import type { Evidence } from '../anomaly/detector.ts';
import type { ExitFacts } from '../exit-facts.ts';
import type { HealthEvidence } from '../health.ts';
import type { Run } from './state.ts';

/** What happened to a program, or was asked of it. Everything the lifecycle reacts to. */
export type Fact =
  | { readonly kind: 'startAsked'; readonly by: 'boot' | 'operator' }
  /** `by` names the program that cannot start without this one. */
  | { readonly kind: 'neededByOther'; readonly by: string }
  | { readonly kind: 'dependencyChanged' }
  | { readonly kind: 'spawned'; readonly run: Run; /** To be said of it. */ readonly note?: string }
  | { readonly kind: 'spawnFailed'; readonly problem: string }
  | { readonly kind: 'adopted'; readonly run: Run; readonly paused: boolean }
  /** The program's own process ended; `leftovers` says whether others of its tree still live. */
  | { readonly kind: 'exited'; readonly exit: ExitFacts; readonly leftovers: boolean }
  /** Nothing of the tree lives any more. */
  | { readonly kind: 'treeEnded' }
  /** The one timer of the program's state ran out. */
  | { readonly kind: 'timeElapsed' }
  | { readonly kind: 'stopAsked'; readonly graceful: boolean; readonly timeoutMs: number | null; readonly by: string }
  | { readonly kind: 'restartAsked'; readonly timeoutMs: number | null; readonly by: 'operator' | 'config' }
  | { readonly kind: 'pauseAsked' }
  | { readonly kind: 'resumeAsked' }
  | { readonly kind: 'reloadAsked' }
  /** The time of a planned restart has come. */
  | { readonly kind: 'restartDue'; readonly schedule: string }
  /** Whether healing may act on the program was changed. */
  | { readonly kind: 'healingChanged' }
  | { readonly kind: 'enableAsked' }
  | { readonly kind: 'disableAsked' }
  | { readonly kind: 'removeAsked' }
  | { readonly kind: 'cooldownResetAsked' }
  | {
      readonly kind: 'limitExceeded';
      readonly resource: 'cpu' | 'memory';
      readonly measured: number;
      readonly limit: number;
      readonly samples: readonly number[];
    }
  | {
      readonly kind: 'anomalyFound';
      readonly anomaly: AnomalyKind;
      readonly evidence: Evidence;
      readonly action: 'log' | 'restart' | 'kill';
    }
  /** Dead children that it did not reap though it was asked to. */
  | { readonly kind: 'zombiesKept'; readonly pids: readonly number[]; readonly story: string }
  | { readonly kind: 'becameHealthy'; readonly evidence: HealthEvidence }
  | { readonly kind: 'becameUnhealthy'; readonly evidence: HealthEvidence }
  | { readonly kind: 'startupCheckFailed'; readonly evidence: HealthEvidence }
  /** The spec of a live program names another check than before, or none. */
  | { readonly kind: 'healthCheckChanged' };

export type FactKind = Fact['kind'];
export type FactOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>;
