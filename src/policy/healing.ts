import type { ProcessSpec } from '../protocol/process-spec.ts';
import type { Moment } from './moment.ts';

/** Why healing is suppressed: an operator paused it, observe mode, or the engine is shutting down. */
export type Suppression = 'held' | 'observed' | 'shutting-down';

/** Whether the operator lets the engine heal a program. The program's definition may still select observe mode. */
export interface HealingMode {
  readonly mode: 'on' | 'observed' | 'held';
  /** When a pause of healing ends; null if it has no end, and in the other modes. */
  readonly until: Moment | null;
}

/** The default. */
export const HEALING_ON: HealingMode = { mode: 'on', until: null };

/** As in `exited with code 1 after 3 s; not restarted (healing is paused)`. */
export const SUPPRESSION_TEXTS: Readonly<Record<Suppression, string>> = {
  held: 'healing is paused',
  observed: 'observe mode',
  'shutting-down': 'the engine is shutting down',
};

/** Returns the healing mode of a program: its definition applies unless the operator paused healing. */
export function effectiveMode(spec: ProcessSpec, healing: HealingMode): HealingMode {
  return healing.mode === 'on' && spec.healing === 'observe' ? { mode: 'observed', until: null } : healing;
}

/** Returns why healing is suppressed for a program; null if it is not. */
export function suppressionOf(spec: ProcessSpec, suppression: Suppression | null): Suppression | null {
  return suppression ?? (spec.healing === 'observe' ? 'observed' : null);
}
