import { closeSync } from 'node:fs';
import { runKey, type RunRef } from '../../../protocol/run.ts';
import type { ProcessIdentity } from '../../../base/process-identity.ts';
import { descriptors } from '../../../base/descriptors.ts';
import { openFifoOfAnyWriter } from '../files/held-fifo.ts';
import type { FollowCommand } from '../files/messages.ts';
import { readOnce } from '../files/read-available.ts';
import type { Poller } from './poller.ts';

const NEWLINE = 0x0a;
/** A message that says that a program is ready is short; a longer one is skipped. */
const MAX_MESSAGE_BYTES = 64 * 1024;

interface ReadyPipe {
  readonly run: RunRef;
  readonly fd: number;
  pid: number;
  /** The message that is awaited, as JSON; null if any line is. */
  readonly awaited: string | null;
  /** The beginning of a message. */
  rest: Buffer;
  isReady: boolean;
}

interface ReadyPipesParts {
  readonly poller: Poller;
  readonly onReady: (run: RunRef, pid: number) => void;
  readonly onProblem: (message: string) => void;
}

/** The pipes through which programs say that they are ready: a newline (s6), or a message of a Node.js program. */
export class ReadyPipes {
  readonly #parts: ReadyPipesParts;
  readonly #byFd = new Map<number, ReadyPipe>();
  readonly #byRun = new Map<string, ReadyPipe>();
  readonly #buffer = Buffer.allocUnsafeSlow(16 * 1024);

  constructor(parts: ReadyPipesParts) {
    this.#parts = parts;
  }

  /** Opens the pipe of a run, if it has one and it is not open yet. */
  follow({ id, run, pid, pipes, ready, ...process }: FollowCommand, engine: ProcessIdentity | null): void {
    const path = pipes?.readyPath;
    if (path === undefined || ready === undefined) return;
    const known = this.#byRun.get(runKey({ id, run }));
    if (known !== undefined) {
      known.pid = pid;
      return;
    }
    try {
      const own = { pid, startTicks: process.startTicks };
      const holders = engine === null ? [own] : [own, engine];
      const fd = descriptors.withReserve(() => openFifoOfAnyWriter(path, holders));
      const awaited = ready.message === undefined ? null : JSON.stringify(ready.message);
      const pipe: ReadyPipe = { run: { id, run }, fd, pid, awaited, rest: Buffer.alloc(0), isReady: false };
      this.#byFd.set(fd, pipe);
      this.#byRun.set(runKey({ id, run }), pipe);
      this.#parts.poller.add(fd, 'level');
    } catch (error) {
      this.#parts.onProblem(`cannot learn when "${id}" is ready: ${error instanceof Error ? error.message : ''}`);
    }
  }

  /** Handles an event of a descriptor. Returns false if it is not one of these pipes. */
  notice(fd: number): boolean {
    const pipe = this.#byFd.get(fd);
    if (pipe === undefined) return false;
    const count = readOnce(fd, this.#buffer);
    // Whatever follows is read and ignored, so that the program does not block.
    if (count === 0 || pipe.isReady || !this.#says(pipe, this.#buffer.subarray(0, count))) return true;
    pipe.isReady = true;
    pipe.rest = Buffer.alloc(0);
    this.#parts.onReady(pipe.run, pipe.pid);
    return true;
  }

  release(run: RunRef): void {
    const pipe = this.#byRun.get(runKey(run));
    if (pipe === undefined) return;
    this.#byRun.delete(runKey(run));
    this.#byFd.delete(pipe.fd);
    this.#parts.poller.remove(pipe.fd);
    closeSync(pipe.fd);
  }

  /** Returns whether the program has now said that it is ready. */
  #says(pipe: ReadyPipe, bytes: Buffer): boolean {
    if (pipe.awaited === null) return bytes.includes(NEWLINE);
    const lines = Buffer.concat([pipe.rest, bytes]);
    const end = lines.lastIndexOf(NEWLINE) + 1;
    const rest = lines.subarray(end);
    pipe.rest = rest.length > MAX_MESSAGE_BYTES ? Buffer.alloc(0) : Buffer.from(rest);
    return lines.toString('utf8', 0, end).split('\n').includes(pipe.awaited);
  }
}
