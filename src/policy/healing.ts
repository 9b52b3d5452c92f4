import type { ProcessSpec } from '../protocol/process-spec.ts';
import type { Moment } from './moment.ts';

/** What keeps healing from acting: an operator's hold, observe mode, or an engine on its way down. */
export type Restraint = 'held' | 'observed' | 'going-down';

/** Whether the engine heals a program, as its operator has it; the program's own definition may restrain it too. */
export interface HealingMode {
  readonly mode: 'on' | 'observed' | 'held';
  /** End of a hold; null for one without end, and in the other modes. */
  readonly until: Moment | null;
}

/** The usual mode. */
export const HEALING_ON: HealingMode = { mode: 'on', until: null };

/** As in `exited with code 1 after 3 s; healing is held, so it stays down`. */
export const RESTRAINT_WORDS: Readonly<Record<Restraint, string>> = {
  held: 'healing is held',
  observed: 'healing only observes',
  'going-down': 'the engine is going down',
};

/** How a program is healed, by its operator and by its definition; the operator's hold wins. */
export function effectiveMode(spec: ProcessSpec, healing: HealingMode): HealingMode {
  return healing.mode === 'on' && spec.healing === 'observe' ? { mode: 'observed', until: null } : healing;
}

/** What keeps healing from acting on a program; null when nothing does. */
export function restraintOf(spec: ProcessSpec, restraint: Restraint | null): Restraint | null {
  return restraint ?? (spec.healing === 'observe' ? 'observed' : null);
}
