import type { ZombieView } from '../../protocol/results/zombie-view.ts';

/** The zombies of the machine, as far as they are known. */
export type ZombieScan =
  | { readonly kind: 'unread' }
  | { readonly kind: 'read'; readonly zombies: readonly ZombieView[]; readonly seenAtMs: number }
  /** The engine cannot list zombies, for this reason. */
  | { readonly kind: 'refused'; readonly reason: string };
