import { obstacleTo } from './machine.ts';

/** The surroundings in which an engine is driven. */
export interface Mode {
  /** Whether it runs on a fake clock, which can be changed. */
  readonly hasFakeClock: boolean;
  /** Whether it may use cgroups. */
  readonly hasCgroups: boolean;
  /** Whether a second engine watches it. */
  readonly hasWatcher: boolean;
}

/** Returns the mode of a seed, so that a few consecutive seeds cover all of them. */
export function modeOf(seed: number): Mode {
  return {
    hasFakeClock: seed % 3 === 0 && obstacleTo('fake clock') === null,
    hasCgroups: seed % 2 === 0,
    hasWatcher: Math.floor(seed / 2) % 3 === 1,
  };
}

export function describeMode({ hasFakeClock, hasCgroups, hasWatcher }: Mode): string {
  const parts = [
    hasCgroups ? 'with cgroups where available' : 'without cgroups',
    ...(hasFakeClock ? ['on a fake clock'] : []),
    ...(hasWatcher ? ['with a watcher'] : []),
  ];
  return parts.join(', ');
}
