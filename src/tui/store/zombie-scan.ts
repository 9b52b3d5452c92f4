/** A dead process that its parent has not reaped. */
export interface Zombie {
  readonly pid: number;
  readonly name: string;
  readonly parentPid: number;
  readonly parentName: string;
  readonly ageMs: number;
  /** The managed program it belongs to; null for others of the machine. */
  readonly program: string | null;
}

/** What the engine answers to `zombies`. */
export interface ZombieReport {
  readonly zombies: readonly Zombie[];
  /** ISO 8601. */
  readonly scannedAt: string;
}

/** What is known of the machine's zombies. */
export type ZombieScan =
  | { readonly kind: 'unread' }
  | { readonly kind: 'read'; readonly report: ZombieReport }
  /** This engine does not tell, and why. */
  | { readonly kind: 'refused'; readonly reason: string };
