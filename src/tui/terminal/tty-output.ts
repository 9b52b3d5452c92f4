import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { codeOf } from '../../base/thrown.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';

interface Listeners {
  /** All output has been written: the newest frame may follow. */
  readonly onReady: () => void;
  /** The terminal was closed. */
  readonly onGone: () => void;
}

/** Paths under which the terminal can be opened again; after `su`, the first may be refused. */
const TERMINAL_PATHS = ['/proc/self/fd/1', '/dev/tty'];
const STDOUT_FD = 1;

/**
 * Writes to the terminal without blocking. Node's terminal stream blocks the process when the terminal stops reading (a
 * frozen SSH connection, Ctrl-S). So the terminal is opened a second time in non-blocking mode, which does not affect
 * other processes, because the flag belongs to this open file description only.
 */
export class TtyOutput {
  readonly #fd = openTerminal();
  readonly #listeners: Listeners;
  #unsent: Buffer = Buffer.alloc(0);
  #retry: NodeJS.Timeout | undefined;

  constructor(listeners: Listeners) {
    this.#listeners = listeners;
  }

  /** Whether the terminal has not yet taken everything that was written. */
  get isStalled(): boolean {
    return this.#unsent.length > 0;
  }

  write(text: string): void {
    this.#unsent = Buffer.concat([this.#unsent, Buffer.from(text)]);
    this.#push();
  }

  /** Drops unsent output and writes this text. If the terminal does not read, it gives up after `restoreMs`. */
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
      // Try the next path, and finally use standard output itself.
    }
  }
  return STDOUT_FD;
}

/** Blocks the thread. Only for restoring the terminal, when nothing else may run. */
function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
