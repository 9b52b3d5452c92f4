import type { ZombieView } from '../../protocol/results/zombie-view.ts';

/** What is known of the machine's zombies. */
export type ZombieScan =
  | { readonly kind: 'unread' }
  | { readonly kind: 'read'; readonly zombies: readonly ZombieView[]; readonly seenAtMs: number }
  /** This engine does not tell, and why. */
  | { readonly kind: 'refused'; readonly reason: string };
