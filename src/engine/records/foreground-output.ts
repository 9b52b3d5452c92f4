import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../base/thrown.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';

/** How much output waits for a terminal or pipe that does not accept it, in characters. */
const BACKLOG_LIMIT = 64 * 1024;
const RETRY_MS = 200;
const STDOUT = 1;

/** The output of an engine in the foreground. It never blocks the engine, and losing it does not end the engine. */
export interface ForegroundOutput {
  print(events: readonly EngineEvent[]): void;
  /** Writes a text of whole lines. Resolves once more text would not have to be dropped; never while nothing accepts it. */
  write(text: string): Promise<void>;
  /** When it was opened, at the start of the engine: wall clock, in ms. */
  readonly openedAt: number;
  /** False once the output no longer exists. */
  readonly isOpen: boolean;
  /** Finds out whether the output still exists, although there is nothing to print. */
  verify(): void;
}

/** Writes text without blocking and returns the number of bytes written. @throws Error with an errno */
type Write = (bytes: Buffer) => number;

/** Opens standard output for events. @param onLost called once, in a turn of its own, when it no longer exists */
export function openForegroundOutput(onLost: (problem: string) => void, isJson = false): ForegroundOutput {
  let isOpen = true;
  const close = (error: unknown): void => {
    if (!isOpen) return;
    isOpen = false;
    // A write happens while events are published, and the loss is an event too.
    setImmediate(() => onLost(codeOf(error) ?? 'unknown error'));
  };
  process.stdout.on('error', close);
  const write = openWithoutBlocking();
  const backlog = write === null ? null : new Backlog(write, close);
  const put = (text: string): void => {
    if (!isOpen) return;
    if (backlog === null) process.stdout.write(text);
    else backlog.put(text);
  };
  const describe = isJson ? eventJson : describeEvent;
  return {
    print: (events) => put(events.map(describe).join('')),
    write: async (text) => {
      put(text);
      while (isOpen && backlog?.isFull === true) await sleep(RETRY_MS, undefined, { ref: false });
    },
    openedAt: Date.now(),
    get isOpen() {
      return isOpen;
    },
    verify: () => put(''),
  };
}

function eventJson(event: EngineEvent): string {
  return `${JSON.stringify({ type: 'event', ...event })}\n`;
}

/** One line per event; in the foreground it is the only output of the engine. */
function describeEvent({ time, kind, process: id, pid, reason }: EngineEvent): string {
  const subject = id === null ? '' : ` ${id}${pid === null ? '' : ` (pid ${String(pid)})`}`;
  return `${time} ${kind}${subject}: ${reason}\n`;
}

/**
 * Opens a terminal or pipe again, because a suspended reader (Ctrl-S, `| less`) would block the engine, and because the flag
 * O_NONBLOCK of the descriptor itself is shared with the shell. Returns null for files, which never block, and for anything
 * that cannot be opened again.
 */
function openWithoutBlocking(): Write | null {
  try {
    const stat = fstatSync(STDOUT);
    if (!stat.isFIFO() && !stat.isCharacterDevice()) return null;
    const fd = openSync(
      `/proc/self/fd/${String(STDOUT)}`,
      constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY,
    );
    return (bytes) => writeSync(fd, bytes);
  } catch {
    return null;
  }
}

/** Text that waits until the output accepts it. When too much waits, the newest text is dropped. */
class Backlog {
  readonly #write: Write;
  readonly #onError: (error: unknown) => void;
  #waiting = Buffer.alloc(0);
  #retry: NodeJS.Timeout | undefined;

  constructor(write: Write, onError: (error: unknown) => void) {
    this.#write = write;
    this.#onError = onError;
  }

  get isFull(): boolean {
    return this.#waiting.length >= BACKLOG_LIMIT;
  }

  put(text: string): void {
    if (this.#waiting.length < BACKLOG_LIMIT) this.#waiting = Buffer.concat([this.#waiting, Buffer.from(text)]);
    this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#retry);
    try {
      do this.#waiting = this.#waiting.subarray(this.#write(this.#waiting));
      while (this.#waiting.length > 0);
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') {
        this.#onError(error);
        return;
      }
      this.#retry = setTimeout(() => this.#flush(), RETRY_MS).unref();
    }
  }
}
