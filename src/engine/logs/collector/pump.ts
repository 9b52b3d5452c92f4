import type { Libc } from '../../../base/libc.ts';
import type { OpenLog } from '../files/log-file.ts';
import { completeLength, wholeCharacters } from '../files/record-cut.ts';
import type { Journal } from './journal.ts';
import type { OutputPipe } from './output-pipe.ts';
import { BATCH_BYTES, Peephole } from './peephole.ts';
import type { Poller } from './poller.ts';

/**
 * An unfinished line stays in its pipe. The kernel does not tell when a writer then blocks in the middle of a large
 * write, so such pipes are looked at again: soon at first, then ever less often.
 */
const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 1_000;

/** The last bytes of a pipe that is taken as it is may be a part of a character. */
const UNSURE_BYTES = 3;

/** More than a pipe holds: what others go on writing, while its run ends, is left to the usual turns. */
const DRAIN_BYTES = 2 * 1024 * 1024;
const SETTLING_TURNS = 64;

interface Unfinished {
  readonly length: number;
  readonly waitMs: number;
  readonly dueMs: number;
}

/** Moves what programs write into their logs, batch by batch, every pipe in its turn. */
export class Pump {
  readonly #poller: Poller;
  readonly #journal: Journal;
  readonly #peephole: Peephole;
  readonly #onClosed: (pipe: OutputPipe) => void;
  readonly #pipes = new Map<number, OutputPipe>();
  readonly #ready = new Set<OutputPipe>();
  readonly #unfinished = new Map<OutputPipe, Unfinished>();

  constructor(libc: Libc, poller: Poller, journal: Journal, onClosed: (pipe: OutputPipe) => void) {
    this.#poller = poller;
    this.#journal = journal;
    this.#peephole = new Peephole(libc);
    this.#onClosed = onClosed;
  }

  get isIdle(): boolean {
    return this.#ready.size === 0;
  }

  add(pipe: OutputPipe): void {
    this.#pipes.set(pipe.fd, pipe);
    this.#poller.add(pipe.fd, 'edges');
    this.#ready.add(pipe);
  }

  /** Something happened to a pipe; false when the descriptor is none. */
  notice(fd: number, isHungUp: boolean): boolean {
    const pipe = this.#pipes.get(fd);
    if (pipe === undefined) return false;
    pipe.isHungUp ||= isHungUp;
    this.#ready.add(pipe);
    return true;
  }

  /** One batch of each pipe that may have one. True when a pipe was so full that its writer may have to wait. */
  turn(nowMs: number): boolean {
    for (const [pipe, { dueMs }] of this.#unfinished) if (nowMs >= dueMs) this.#ready.add(pipe);
    let isPressed = false;
    for (const pipe of [...this.#ready]) if (this.#moveBatch(pipe, nowMs)) isPressed = true;
    return isPressed;
  }

  /** Moves what is there, as far as lines are complete. */
  settle(): void {
    for (const pipe of this.#pipes.values()) this.#ready.add(pipe);
    for (let turns = 0; turns < SETTLING_TURNS && !this.isIdle; turns++) this.turn(performance.now());
  }

  /** When an unfinished line is to be looked at again. */
  nextDueMs(): number {
    let next = Infinity;
    for (const { dueMs } of this.#unfinished.values()) next = Math.min(next, dueMs);
    return next;
  }

  /** The run is over: takes all that is in the pipe, then follows it only as long as somebody can still write to it. */
  finish(pipe: OutputPipe): void {
    for (let drained = 0; drained < DRAIN_BYTES;) {
      const bytes = this.#peephole.look(pipe.fd);
      if (bytes.length === 0) break;
      const complete = bytes.subarray(0, completeLength(bytes));
      drained += complete.length === 0 ? this.#move(pipe, bytes, 'ends') : this.#moveLines(pipe, complete);
    }
    if (pipe.isReader) return;
    this.#forget(pipe);
    pipe.becomeReader();
    this.add(pipe);
  }

  #moveBatch(pipe: OutputPipe, nowMs: number): boolean {
    const bytes = this.#peephole.look(pipe.fd);
    if (bytes.length === 0) {
      this.#rest(pipe);
      return false;
    }
    const isPressed = bytes.length >= Math.min(pipe.capacity / 2, BATCH_BYTES);
    if (isPressed) pipe.grow();
    const complete = completeLength(bytes);
    if (complete > 0) this.#moveLines(pipe, bytes.subarray(0, complete));
    else if (pipe.isHungUp) this.#move(pipe, bytes, 'ends');
    else if (this.#isStuck(pipe, bytes.length)) this.#move(pipe, bytes.subarray(0, sureLength(bytes)), 'goes-on');
    else this.#postpone(pipe, bytes.length, nowMs);
    return isPressed;
  }

  /** Empty. It stays noticed by its edges, unless there is nobody left to write. */
  #rest(pipe: OutputPipe): void {
    this.#ready.delete(pipe);
    this.#unfinished.delete(pipe);
    if (!pipe.isHungUp) return;
    this.#forget(pipe);
    pipe.close();
    this.#onClosed(pipe);
  }

  /** The writer waits for room in the middle of a line. Of what we can only read the kernel does not tell: rather once too often. */
  #isStuck(pipe: OutputPipe, length: number): boolean {
    if (pipe.isReader) return this.#unfinished.get(pipe)?.length === length;
    return !this.#poller.hasRoom(pipe.fd) && !pipe.grow();
  }

  #postpone(pipe: OutputPipe, length: number, nowMs: number): void {
    const before = this.#unfinished.get(pipe);
    const waitMs = before?.length === length ? Math.min(before.waitMs * 2, LAST_LOOK_MS) : FIRST_LOOK_MS;
    this.#unfinished.set(pipe, { length, waitMs, dueMs: nowMs + waitMs });
    this.#ready.delete(pipe);
  }

  #moveLines(pipe: OutputPipe, bytes: Buffer): number {
    return this.#move(pipe, pipe.writer.fit(bytes), 'goes-on');
  }

  /** Gives how many bytes it were. */
  #move(pipe: OutputPipe, bytes: Buffer, tail: 'ends' | 'goes-on'): number {
    this.#unfinished.delete(pipe);
    const nowWall = Date.now();
    const { stream, writer } = pipe;
    const take = (log: OpenLog | null): void => {
      const { length } = bytes;
      const timeMs = writer.settings.timestamps ? nowWall : null;
      const header = { fifo: pipe.path, length, stream, timeMs, tail };
      const kept = log === null ? 0 : this.#journal.take(pipe.fd, { ...header, log: log.path, size: log.size });
      // Without room for the journal it goes without: a line that only a kill in this moment would lose is better
      // than one that is not written.
      pipe.discard(length - kept);
    };
    writer.write({ stream, bytes, tail }, nowWall, take);
    this.#journal.clear();
    return bytes.length;
  }

  #forget(pipe: OutputPipe): void {
    this.#poller.remove(pipe.fd);
    this.#pipes.delete(pipe.fd);
    this.#ready.delete(pipe);
    this.#unfinished.delete(pipe);
  }
}

function sureLength(bytes: Buffer): number {
  if (bytes.length <= UNSURE_BYTES) return bytes.length;
  return wholeCharacters(bytes, 0, bytes.length - UNSURE_BYTES);
}
