/** The rows that changed after a version. `everything`: what was removed since is no longer known. */
export type RowsSince = 'everything' | { readonly changed: readonly string[]; readonly removed: readonly string[] };

interface Entry {
  readonly id: string;
  readonly version: number;
}

interface Latest {
  version: number;
  isRemoved: boolean;
}

/** Removed programs that are remembered for subscribers that are behind. */
const MAX_REMOVED = 10_000;
/** The list of entries is compacted when it has this many more than there are ids. */
const SLACK = 1_000;

/**
 * Remembers in which version each row of the live table changed last. One history serves any number of subscribers: each only
 * remembers the version that it has received.
 */
export class RowHistory {
  /** By version, oldest first. Entries that are not the latest of their id are ignored. */
  #entries: Entry[] = [];
  readonly #latest = new Map<string, Latest>();
  #version = 1;
  #removed = 0;
  /** Subscribers with an older version need the whole table. */
  #oldestKnown = 0;

  /** @param isRemoved whether the row was removed */
  mark(id: string, isRemoved: boolean): void {
    const latest = this.#latest.get(id);
    if (latest?.isRemoved !== true && isRemoved) this.#removed += 1;
    if (latest?.isRemoved === true && !isRemoved) this.#removed -= 1;
    if (latest?.version === this.#version) latest.isRemoved = isRemoved;
    else {
      this.#latest.set(id, { version: this.#version, isRemoved });
      this.#entries.push({ id, version: this.#version });
    }
    if (this.#entries.length > 2 * this.#latest.size + SLACK || this.#removed > MAX_REMOVED) this.#compact();
  }

  /** Ends the current version and returns it: what changes from now on belongs to a later one. */
  cut(): number {
    this.#version += 1;
    return this.#version - 1;
  }

  /** Returns whether anything changed after a version. */
  hasChangedSince(version: number): boolean {
    return (this.#entries.at(-1)?.version ?? 0) > version;
  }

  /** Returns what changed after a version, in no particular order. The cost depends on the number of changes only. */
  since(version: number): RowsSince {
    if (version < this.#oldestKnown) return 'everything';
    const changed: string[] = [];
    const removed: string[] = [];
    for (let index = this.#entries.length - 1; index >= 0; index--) {
      const entry = this.#entries[index];
      if (entry === undefined || entry.version <= version) break;
      const latest = this.#latest.get(entry.id);
      if (latest?.version === entry.version) (latest.isRemoved ? removed : changed).push(entry.id);
    }
    return { changed: changed.reverse(), removed: removed.reverse() };
  }

  #compact(): void {
    const forgets = this.#removed > MAX_REMOVED;
    this.#entries = this.#entries.filter(({ id, version }) => {
      const latest = this.#latest.get(id);
      if (latest?.version !== version) return false;
      if (!forgets || !latest.isRemoved) return true;
      this.#latest.delete(id);
      return false;
    });
    if (!forgets) return;
    this.#removed = 0;
    this.#oldestKnown = this.#version;
  }
}
