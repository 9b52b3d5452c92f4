import { type FSWatcher, watch } from 'node:fs';

/** A watch can be refused (no folder yet, no inotify left) or be deaf (some network file systems): then we look. */
const SLOW_LOOK_MS = 1_000;
const FAST_LOOK_MS = 200;

/** Rings when something in a folder may have changed. A ring that nobody waits for is kept for the next who does. */
export class ChangeBell {
  readonly #dir: string;
  readonly #onRename: () => void;
  #watcher: FSWatcher | null = null;
  #hasRung = false;
  #wake: (() => void) | null = null;

  constructor(dir: string, onRename: () => void) {
    this.#dir = dir;
    this.#onRename = onRename;
    this.#startWatching();
  }

  /** Resolves at the next change, or when it is time to look without one. */
  async wait(): Promise<void> {
    if (!this.#hasRung) await this.#ring();
    this.#hasRung = false;
    if (this.#watcher === null) this.#startWatching();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#noteRing();
  }

  #ring(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#noteRing(), this.#watcher === null ? FAST_LOOK_MS : SLOW_LOOK_MS);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }

  #noteRing(): void {
    this.#hasRung = true;
    this.#wake?.();
  }

  #startWatching(): void {
    try {
      const watcher = watch(this.#dir, { persistent: false }, (event) => {
        if (event === 'rename') this.#onRename();
        this.#noteRing();
      });
      watcher.on('error', () => this.#stopWatching(watcher));
      this.#watcher = watcher;
    } catch {
      // Looking does it as well.
    }
  }

  #stopWatching(watcher: FSWatcher): void {
    watcher.close();
    if (this.#watcher === watcher) this.#watcher = null;
  }
}
