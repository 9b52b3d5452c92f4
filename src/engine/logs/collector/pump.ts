import type { Libc } from '../../../base/libc.ts';
import type { OpenLog } from '../files/log-file.ts';
import { completeLength, withoutIncompleteCharacter } from '../files/record-cut.ts';
import type { Journal } from './journal.ts';
import type { OutputPipe } from './output-pipe.ts';
import { BATCH_BYTES, PipePreview } from './pipe-preview.ts';
import type { Poller } from './poller.ts';

/**
 * An unfinished line stays in its pipe for a moment: usually its rest follows. Then it is moved as it is, so that prompts and
 * progress bars are visible. The kernel does not report that a writer blocks in the middle of a large write, so such pipes
 * are checked again, at increasing intervals.
 */
const UNFINISHED_MS = 500;
const FIRST_RECHECK_MS = 10;

/** A pipe in which as much has accumulated flows: it will not be empty after the next pause either. */
const FLOWING_BYTES = 64 * 1024;

/** More than a pipe holds: output that other processes keep writing after the exit is left to the usual turns. */
const DRAIN_BYTES = 2 * 1024 * 1024;
const SETTLING_TURNS = 64;
const NEWLINE = Buffer.from('\n');

interface Unfinished {
  readonly length: number;
  readonly sinceMs: number;
  readonly waitMs: number;
  readonly dueMs: number;
}

/** Moves the output of programs into their logs, in batches, one pipe at a time. */
export class Pump {
  readonly #poller: Poller;
  readonly #journal: Journal;
  readonly #preview: PipePreview;
  readonly #onClosed: (pipe: OutputPipe) => void;
  readonly #pipes = new Map<number, OutputPipe>();
  readonly #ready = new Set<OutputPipe>();
  /** Pipes that flow, so that they are looked at after each pause without an event. They are ready as well. */
  readonly #unwatched = new Set<OutputPipe>();
  readonly #unfinished = new Map<OutputPipe, Unfinished>();
  #batches = 0;

  constructor(libc: Libc, poller: Poller, journal: Journal, onClosed: (pipe: OutputPipe) => void) {
    this.#poller = poller;
    this.#journal = journal;
    this.#preview = new PipePreview(libc);
    this.#onClosed = onClosed;
  }

  get isIdle(): boolean {
    return this.#ready.size === 0;
  }

  /** The number of pipes that may contain output. */
  get readyPipes(): number {
    return this.#ready.size;
  }

  add(pipe: OutputPipe): void {
    this.#pipes.set(pipe.fd, pipe);
    this.#poller.add(pipe.fd, 'edges');
    this.#ready.add(pipe);
  }

  /** Handles an event of a descriptor. Returns false if it is not a pipe. */
  notice(fd: number, isHungUp: boolean): boolean {
    const pipe = this.#pipes.get(fd);
    if (pipe === undefined) return false;
    pipe.isHungUp ||= isHungUp;
    this.#ready.add(pipe);
    return true;
  }

  /** Moves one batch of each ready pipe. Returns true if a pipe was so full that its writer may have to wait. */
  turn(nowMs: number): boolean {
    for (const [pipe, { dueMs }] of this.#unfinished) if (nowMs >= dueMs) this.#ready.add(pipe);
    let isPressed = false;
    for (const pipe of [...this.#ready]) if (this.#moveBatch(pipe, nowMs)) isPressed = true;
    return isPressed;
  }

  /** Moves all complete lines. */
  settle(): void {
    for (const pipe of this.#pipes.values()) this.#ready.add(pipe);
    for (let turns = 0; turns < SETTLING_TURNS && !this.isIdle; turns++) this.turn(performance.now());
  }

  /** Returns when the next unfinished line is due to be checked, on the clock of `performance.now()`. */
  nextDueMs(): number {
    let next = Infinity;
    for (const { dueMs } of this.#unfinished.values()) next = Math.min(next, dueMs);
    return next;
  }

  /** Drains the pipe of a run that has exited, then follows it only as long as another process can write to it. */
  finish(pipe: OutputPipe): void {
    for (let drained = 0; drained < DRAIN_BYTES;) {
      const bytes = this.#preview.peek(pipe.fd);
      if (bytes.length === 0) break;
      const complete = bytes.subarray(0, completeLength(bytes));
      drained += complete.length === 0 ? this.#move(pipe, bytes, 'ends') : this.#moveLines(pipe, complete);
    }
    if (pipe.isReader) return;
    this.#endLine(pipe);
    this.#forget(pipe);
    pipe.becomeReader();
    this.add(pipe);
  }

  #moveBatch(pipe: OutputPipe, nowMs: number): boolean {
    const bytes = this.#preview.peek(pipe.fd);
    if (bytes.length === 0) {
      this.#becomeIdle(pipe);
      return false;
    }
    if (bytes.length >= FLOWING_BYTES) this.#unwatch(pipe);
    const isPressed = bytes.length >= Math.min(pipe.capacity / 2, BATCH_BYTES);
    if (isPressed) pipe.grow();
    const complete = completeLength(bytes);
    if (complete > 0) this.#moveLines(pipe, bytes.subarray(0, complete));
    else if (pipe.isHungUp) this.#move(pipe, bytes, 'ends');
    else if (this.#isStuck(pipe, bytes.length) || this.#isOverdue(pipe, nowMs))
      this.#move(pipe, bytes.subarray(0, withoutIncompleteCharacter(bytes)), 'goes-on');
    else this.#postpone(pipe, bytes.length, nowMs);
    return isPressed;
  }

  /** The kernel reports each write(2) to a pipe that is watched, which takes a seventh of the writer's time. */
  #unwatch(pipe: OutputPipe): void {
    this.#poller.remove(pipe.fd);
    this.#unwatched.add(pipe);
  }

  /** Output that has arrived meanwhile, and a hangup, are reported at once. */
  #watchAgain(pipe: OutputPipe): void {
    if (this.#unwatched.delete(pipe)) this.#poller.add(pipe.fd, 'edges');
  }

  /** Waits for the next event of an empty pipe; closes it if no process can write to it. */
  #becomeIdle(pipe: OutputPipe): void {
    this.#ready.delete(pipe);
    this.#unfinished.delete(pipe);
    this.#watchAgain(pipe);
    if (!pipe.isHungUp) return;
    this.#endLine(pipe);
    this.#forget(pipe);
    pipe.close();
    this.#onClosed(pipe);
  }

  /** Returns whether the writer waits for room in the middle of a line. For a read-only pipe this is a guess. */
  #isStuck(pipe: OutputPipe, length: number): boolean {
    if (pipe.isReader) return this.#unfinished.get(pipe)?.length === length;
    return !this.#poller.hasRoom(pipe.fd) && !pipe.grow();
  }

  #isOverdue(pipe: OutputPipe, nowMs: number): boolean {
    const sinceMs = this.#unfinished.get(pipe)?.sinceMs;
    return sinceMs !== undefined && nowMs - sinceMs >= UNFINISHED_MS;
  }

  #postpone(pipe: OutputPipe, length: number, nowMs: number): void {
    const previous = this.#unfinished.get(pipe);
    const sinceMs = previous?.sinceMs ?? nowMs;
    const waitMs = previous?.length === length ? previous.waitMs * 2 : FIRST_RECHECK_MS;
    this.#unfinished.set(pipe, { length, sinceMs, waitMs, dueMs: Math.min(nowMs + waitMs, sinceMs + UNFINISHED_MS) });
    this.#ready.delete(pipe);
    this.#watchAgain(pipe);
  }

  #moveLines(pipe: OutputPipe, bytes: Buffer): number {
    return this.#move(pipe, pipe.writer.fit(bytes), 'goes-on');
  }

  /** Moves bytes from the pipe into the log. Returns their number. */
  #move(pipe: OutputPipe, bytes: Buffer, tail: 'ends' | 'goes-on'): number {
    this.#unfinished.delete(pipe);
    const nowWall = Date.now();
    const { stream, writer } = pipe;
    const name = `${String(process.pid)}.${String((this.#batches += 1))}`;
    const take = (log: OpenLog | null, expose: () => void): void => {
      const { length } = bytes;
      const timeMs = writer.settings.timestamps ? nowWall : null;
      const header = { name, fifo: pipe.path, length, stream, timeMs, tail };
      const kept = log === null ? 0 : this.#journal.take(pipe.fd, { ...header, log: log.path, size: log.size });
      // Bytes that do not fit into the journal are written without it. A kill at this moment loses them, so they are counted before.
      if (kept < length) expose();
      pipe.discard(length - kept);
    };
    writer.write({ name, stream, bytes, tail }, nowWall, take);
    this.#journal.clear();
    pipe.isLineOpen = tail === 'goes-on' && bytes.at(-1) !== NEWLINE[0];
    return bytes.length;
  }

  /** Ends a line whose beginning was moved already, so that the next run does not continue it. */
  #endLine(pipe: OutputPipe): void {
    if (!pipe.isLineOpen) return;
    pipe.isLineOpen = false;
    const name = `${String(process.pid)}.${String((this.#batches += 1))}`;
    pipe.writer.write({ name, stream: pipe.stream, bytes: NEWLINE, tail: 'ends' }, Date.now(), () => undefined);
  }

  #forget(pipe: OutputPipe): void {
    this.#poller.remove(pipe.fd);
    this.#pipes.delete(pipe.fd);
    this.#ready.delete(pipe);
    this.#unfinished.delete(pipe);
    this.#unwatched.delete(pipe);
  }
}
