import { type FSWatcher, watch } from 'node:fs';

/**
 * A watch may fail (no folder yet, no inotify instance left) or report nothing (some network file systems), so the folder
 * is also polled.
 */
const SLOW_POLL_MS = 1_000;
const FAST_POLL_MS = 200;

/** Signals that a folder may have changed. A change that occurs while nothing is waiting is kept for the next `wait`. */
export class ChangeSignal {
  readonly #dir: string;
  readonly #onRename: () => void;
  #watcher: FSWatcher | null = null;
  #hasChanged = false;
  #wake: (() => void) | null = null;

  constructor(dir: string, onRename: () => void) {
    this.#dir = dir;
    this.#onRename = onRename;
    this.#startWatching();
  }

  /** Resolves at the next change, or when the folder is to be polled. */
  async wait(): Promise<void> {
    if (!this.#hasChanged) await this.#nextChange();
    this.#hasChanged = false;
    if (this.#watcher === null) this.#startWatching();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#noteChange();
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#noteChange(), this.#watcher === null ? FAST_POLL_MS : SLOW_POLL_MS);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }

  #noteChange(): void {
    this.#hasChanged = true;
    this.#wake?.();
  }

  #startWatching(): void {
    try {
      const watcher = watch(this.#dir, { persistent: false }, (event) => {
        if (event === 'rename') this.#onRename();
        this.#noteChange();
      });
      watcher.on('error', () => this.#stopWatching(watcher));
      this.#watcher = watcher;
    } catch {
      // Polling is sufficient.
    }
  }

  #stopWatching(watcher: FSWatcher): void {
    watcher.close();
    if (this.#watcher === watcher) this.#watcher = null;
  }
}
