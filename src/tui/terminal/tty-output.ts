import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { codeOf } from '../../base/thrown.ts';
import { TUI_LIMITS } from '../style/limits.ts';

interface Listeners {
  /** What was unsent has been taken: the newest frame may be written. */
  readonly onReady: () => void;
  /** The terminal was closed. */
  readonly onGone: () => void;
}

/** Where standard output may be opened anew; after `su` the first may be refused. */
const TERMINAL_PATHS = ['/proc/self/fd/1', '/dev/tty'];
const STDOUT_FD = 1;

/**
 * Writes to the terminal without ever waiting for it. Node's own terminal stream blocks the process when the terminal
 * stops reading (a frozen SSH connection, Ctrl-S), so this opens the terminal once more, non-blocking; the flag then
 * belongs to this description alone and nobody else's writes change.
 */
export class TtyOutput {
  readonly #fd = openTerminal();
  readonly #listeners: Listeners;
  #unsent: Buffer = Buffer.alloc(0);
  #retry: NodeJS.Timeout | undefined;

  constructor(listeners: Listeners) {
    this.#listeners = listeners;
  }

  /** True while the terminal has not taken all that was written. */
  get isStalled(): boolean {
    return this.#unsent.length > 0;
  }

  write(text: string): void {
    this.#unsent = Buffer.concat([this.#unsent, Buffer.from(text)]);
    this.#push();
  }

  /** Drops what is unsent and writes this, waiting a moment for a terminal that does not read, then giving up. */
  writeAtLast(text: string): void {
    clearTimeout(this.#retry);
    this.#unsent = Buffer.from(text);
    const deadline = performance.now() + TUI_LIMITS.restoreMs;
    while (this.#writeSome() === 'full' && performance.now() < deadline) sleepSync(TUI_LIMITS.stalledRetryMs);
    this.#unsent = Buffer.alloc(0);
  }

  close(): void {
    clearTimeout(this.#retry);
    if (this.#fd !== STDOUT_FD) closeSync(this.#fd);
  }

  readonly #push = (): void => {
    clearTimeout(this.#retry);
    switch (this.#writeSome()) {
      case 'done':
        return;
      case 'gone':
        this.#listeners.onGone();
        return;
      case 'full':
        this.#retry = setTimeout(() => {
          this.#push();
          if (!this.isStalled) this.#listeners.onReady();
        }, TUI_LIMITS.stalledRetryMs);
    }
  };

  #writeSome(): 'done' | 'full' | 'gone' {
    try {
      while (this.#unsent.length > 0) this.#unsent = this.#unsent.subarray(writeSync(this.#fd, this.#unsent));
      return 'done';
    } catch (error) {
      return codeOf(error) === 'EAGAIN' ? 'full' : 'gone';
    }
  }
}

function openTerminal(): number {
  for (const path of TERMINAL_PATHS) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch {
      // The next path, and in the end standard output as it is.
    }
  }
  return STDOUT_FD;
}

/** Blocks the thread: only for the last words of a screen, when nothing else may run any more. */
function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
