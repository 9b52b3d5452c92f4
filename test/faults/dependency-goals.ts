import type { FaultBed } from './bed.ts';
import { SUBJECTS } from './catalog.ts';

/** A start also starts stopped dependencies. */
export function allowStartOfDependencies(bed: FaultBed, id: string): void {
  for (const dependency of SUBJECTS.find((each) => each.id === id)?.dependsOn ?? []) {
    if (bed.goals.possible(dependency).includes('stopped')) bed.goals.allow(dependency, 'up');
    allowStartOfDependencies(bed, dependency);
  }
}
