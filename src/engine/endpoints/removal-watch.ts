import { type FSWatcher, watch } from 'node:fs';

/** Long enough for `rm -r` of the whole folder to end, which would fail if a file were created in the folder meanwhile. */
const SOON_MS = 100;

/**
 * Calls back soon after one of some files was removed or replaced. Files that are missing, and those that the system cannot watch, are
 * left to the caller, which looks at them from time to time.
 */
export class RemovalWatch {
  readonly #files: readonly string[];
  readonly #onRemoved: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #noticing: NodeJS.Timeout | undefined;

  constructor(files: readonly string[], onRemoved: () => void) {
    this.#files = files;
    this.#onRemoved = onRemoved;
  }

  /** Watches the files that are not watched yet. */
  follow(): void {
    for (const file of this.#files) {
      if (this.#watchers.has(file)) continue;
      try {
        const watcher = watch(file, { persistent: false });
        watcher.on('change', this.#notice);
        watcher.on('error', this.#notice);
        this.#watchers.set(file, watcher);
      } catch {
        // It is missing, or no further file can be watched.
      }
    }
  }

  close(): void {
    clearTimeout(this.#noticing);
    this.#stop();
  }

  readonly #notice = (): void => {
    // A watch refers to the file that was removed, not to the one in its place.
    this.#stop();
    this.#noticing ??= setTimeout(() => {
      this.#noticing = undefined;
      this.#onRemoved();
    }, SOON_MS);
  };

  #stop(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }
}
