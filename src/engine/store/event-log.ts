import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { EVENT_KINDS, type EventKind } from '../../protocol/event-kinds.ts';
import type { SeqNote } from './seq-note.ts';
import { AppendFile, type AppendResult } from './append-file.ts';

/** Number of events kept in memory for clients that request past events. */
const HELD_EVENTS = 5_000;
const MAX_BYTES = 10 * 1024 * 1024;
const KEPT_FILES = 5;

/** time seq kind process pid "reason" {data} — the last two as JSON, so that they cannot contain a newline. */
const LINE = /^(\S+) (\d+) ([a-z-]+) (\S+) (\d+|-) ("(?:[^"\\]|\\.)*") (\{.*\})$/s;

export type EventDraft = Omit<EngineEvent, 'seq' | 'time'>;

/** Formats an event as a line of `healing.log`, without the newline. */
export function formatEvent(event: EngineEvent): string {
  const pid = event.pid === null ? '-' : String(event.pid);
  const subject = `${event.process ?? '-'} ${pid}`;
  return `${event.time} ${String(event.seq)} ${event.kind} ${subject} ${JSON.stringify(event.reason)} ${JSON.stringify(event.data)}`;
}

/** Parses a line; returns null if it is incomplete or has another format. */
export function parseEvent(line: string): EngineEvent | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, time = '', seq, kind = '', process = '-', pid = '-', reason = '""', data = '{}'] = match;
  if (!Object.hasOwn(EVENT_KINDS, kind)) return null;
  try {
    return {
      seq: Number(seq),
      time,
      kind: kind as EventKind,
      process: process === '-' ? null : process,
      pid: pid === '-' ? null : Number(pid),
      reason: JSON.parse(reason) as string,
      data: JSON.parse(data) as EngineEvent['data'],
    };
  } catch {
    return null;
  }
}

/** `healing.log`: all events in order; the newest are also kept in memory. Sequence numbers continue after a restart. */
export class EventLog {
  readonly #file: AppendFile;
  #events: EngineEvent[] = [];
  /** Not written yet. */
  #pending: EngineEvent[] = [];
  /** Written, not published yet. */
  #unpublished: EngineEvent[] = [];
  readonly #note: SeqNote | null;
  #nextSeq = 1;
  #rewrites = 0;
  /** Whether something was written without checking that the file is still in place. */
  #isUnchecked = false;

  /** @param note keeps the number of the last event while the log cannot be written */
  constructor(path: string, note: SeqNote | null = null) {
    this.#file = new AppendFile(path);
    this.#note = note;
  }

  /**
   * Reads past events and continues their sequence numbers.
   * @param storedSeq the last number known from the state file, because the log may have been removed or damaged
   * @returns a problem with the log, or null
   */
  load(storedSeq = 0): string | null {
    const lastSeq = Math.max(storedSeq, this.#note?.load() ?? 0);
    const lines = [`${this.#file.path}.1`, this.#file.path].flatMap(readLines).slice(-HELD_EVENTS);
    this.#events = lines.map(parseEvent).filter((event) => event !== null);
    const unreadable = lines.length - this.#events.length;
    const lastRead = this.#events.at(-1)?.seq ?? 0;
    this.#nextSeq = Math.max(lastRead, lastSeq) + 1;
    if (lastRead >= lastSeq) {
      return unreadable === 0 ? null : `"${this.#file.path}" has ${unreadable} unreadable lines, which are skipped`;
    }
    const missing = lastRead + 1 === lastSeq ? `event ${lastSeq}` : `events ${lastRead + 1} to ${lastSeq}`;
    const why = lastRead < storedSeq ? 'was removed or damaged' : 'could not be written before the engine was killed';
    return `"${this.#file.path}" ${why}: ${missing} can no longer be read`;
  }

  add(draft: EventDraft, wallMs: number): EngineEvent {
    const event: EngineEvent = { seq: this.#nextSeq, time: new Date(wallMs).toISOString(), ...draft };
    this.#nextSeq += 1;
    this.#events.push(event);
    // Trimmed in large steps: shifting a long array for every event would dominate the cost of an event.
    if (this.#events.length > HELD_EVENTS * 1.2) this.#events = this.#events.slice(-HELD_EVENTS);
    this.#pending.push(event);
    return event;
  }

  /**
   * Writes the events added since the last write. The next commit publishes them.
   * @param isUrgent leaves it to the next commit to check whether the file is still in place
   */
  write(isUrgent = false): AppendResult {
    const events = this.#pending;
    this.#pending = [];
    this.#unpublished.push(...events);
    if (events.length === 0 && !this.#isUnchecked) return this.#file.retry();
    this.#isUnchecked = isUrgent;
    if (!isUrgent && !this.#file.isInPlace()) return this.#rewrite();
    if (this.#file.sizeBytes > MAX_BYTES) this.#rotate();
    return this.#file.append(events.map(formatEvent));
  }

  /** Writes pending events. Returns all events since the last commit, so that subscribers receive them in the same order. */
  commit(): { readonly events: readonly EngineEvent[]; readonly result: AppendResult } {
    const result = this.write();
    const events = this.#unpublished;
    if (!result.written && events.length > 0) this.#note?.put(this.lastSeq);
    this.#unpublished = [];
    return { events, result };
  }

  /** How many times the log was removed or replaced from outside and rewritten from memory. */
  get rewrites(): number {
    return this.#rewrites;
  }

  get held(): number {
    return this.#events.length;
  }

  get lastSeq(): number {
    return this.#nextSeq - 1;
  }

  /** Returns the events after a sequence number, oldest first; `missed` is the number of those no longer in memory. */
  after(afterSeq: number): { readonly events: readonly EngineEvent[]; readonly missed: number } {
    const oldest = this.#events[0]?.seq ?? this.#nextSeq;
    const start = lowerBound(this.#events, afterSeq + 1);
    return { events: this.#events.slice(start), missed: Math.max(0, oldest - afterSeq - 1) };
  }

  /** Returns the newest events that match a filter, oldest first. */
  latest(limit: number, fits: (event: EngineEvent) => boolean): readonly EngineEvent[] {
    const found: EngineEvent[] = [];
    for (let index = this.#events.length - 1; index >= 0 && found.length < limit; index--) {
      const event = this.#events[index];
      if (event !== undefined && fits(event)) found.push(event);
    }
    return found.reverse();
  }

  close(): void {
    this.#file.close();
    this.#note?.close(this.#file.waitingLines > 0);
  }

  /** Writes the events in memory to a new file, after the old one was removed or replaced from outside. */
  #rewrite(): AppendResult {
    this.#rewrites += 1;
    this.#file.startOver();
    return this.#file.append(this.#events.map(formatEvent));
  }

  #rotate(): void {
    const { path } = this.#file;
    try {
      rmSync(`${path}.${String(KEPT_FILES)}`, { force: true });
      for (let number = KEPT_FILES - 1; number >= 1; number--) {
        renameIfPresent(`${path}.${String(number)}`, `${path}.${String(number + 1)}`);
      }
      renameIfPresent(path, `${path}.1`);
    } finally {
      this.#file.reopen();
    }
  }
}

/** Renames a file if it exists: there may be fewer files than the maximum. */
function renameIfPresent(from: string, to: string): void {
  if (existsSync(from)) renameSync(from, to);
}

/** Returns the complete lines: the text after the last newline was being written when the engine died. */
function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}

/** Returns the index of the first event whose sequence number is at least `seq`. */
function lowerBound(events: readonly EngineEvent[], seq: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.seq ?? Infinity) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
