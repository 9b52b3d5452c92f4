import type { FaultBed } from './bed.ts';
import type { Subject } from './catalog.ts';
import type { Need } from './machine.ts';

/** A step of a test run: a command, an edit of the definitions, or a fault. */
export interface Step {
  readonly name: string;
  readonly weight: number;
  readonly isTargeted?: boolean;
  /** What the machine or the mode must offer; the step is skipped otherwise. */
  readonly needs?: Need;
  readonly run: (bed: FaultBed) => Promise<void>;
}

/** Returns a random program that is defined. */
export function anySubject(bed: FaultBed, fits: (subject: Subject) => boolean = () => true): Subject {
  return bed.random.pick(bed.goals.defined.filter(fits));
}

/** Returns a random program that certainly runs; null if there is none, e.g. while another step stops all. */
export function anyRunning(bed: FaultBed, fits: (subject: Subject) => boolean = () => true): Subject | null {
  const running = bed.goals.defined.filter((each) => fits(each) && bed.goals.possible(each.id).join() === 'up');
  return running.length === 0 ? null : bed.random.pick(running);
}

export function anyId(bed: FaultBed): string {
  return anySubject(bed).id;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
