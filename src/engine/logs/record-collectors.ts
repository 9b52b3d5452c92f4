import { isPartialRecord, parseRecordBytes } from './files/log-format.ts';
import { isMarkRecord } from './files/run-mark.ts';
import { type LogSelection, needsRuns } from './run-tracker.ts';

/** How far to search for the mark before the first line. Marks are repeated more often than that. */
const MAX_SEARCH_BYTES = 4 * 1024 * 1024;

/** How much is read at most. A line of several records counts once. */
export interface ReadBounds {
  readonly lines: number;
  readonly bytes: number;
}

/** A record as it is in a file. */
export interface RawRecord {
  readonly record: Buffer;
  readonly file: string;
  readonly offset: number;
}

/** Collects records that are read backwards. */
export interface RecordCollector {
  readonly newestFirst: readonly RawRecord[];
  /** Whether no more records are needed. */
  readonly isFull: boolean;
  /** Whether records were left, because they exceed the bounds. */
  readonly hasOlder: boolean;
  /** The run that printed the newest record; null if unknown or not requested. */
  readonly newestRun: number | null;
  /** The run that printed the oldest collected record, unless its mark was collected; null if unknown. */
  readonly oldestRun: number | null;
  /** Whether the log has a trace of the selected run. */
  readonly isFound: boolean;
  take(raw: RawRecord): void;
}

/** Creates the collector of a selection. */
export function collectorOf(bounds: ReadBounds, selection: LogSelection): RecordCollector {
  return selection.run === undefined
    ? new LastRecords(bounds, needsRuns(selection))
    : new RecordsOfRun(bounds, selection.run);
}

/** The last records of all runs. */
class LastRecords implements RecordCollector {
  readonly newestFirst: RawRecord[] = [];
  readonly isFound = true;
  readonly #withMarks: boolean;
  readonly #room: Room;
  newestRun: number | null = null;
  oldestRun: number | null = null;
  hasOlder: boolean;
  #isOwned = false;
  #searchedBytes = 0;

  constructor(bounds: ReadBounds, withMarks: boolean) {
    this.#room = new Room(bounds);
    this.#withMarks = withMarks;
    this.hasOlder = bounds.lines <= 0;
  }

  get isFull(): boolean {
    return this.hasOlder && (!this.#withMarks || this.#isOwned || this.#searchedBytes > MAX_SEARCH_BYTES);
  }

  take(raw: RawRecord): void {
    if (isMarkRecord(raw.record)) {
      if (this.#withMarks) this.#takeMark(raw);
      return;
    }
    this.hasOlder ||= !this.#room.admit(raw.record);
    if (this.hasOlder) this.#searchedBytes += raw.record.length;
    else this.newestFirst.push(raw);
  }

  #takeMark(raw: RawRecord): void {
    const { run = null } = parseRecordBytes(raw.record);
    this.newestRun ??= run;
    if (!this.hasOlder) {
      this.newestFirst.push(raw);
      return;
    }
    this.oldestRun = run;
    this.#isOwned = true;
  }
}

/** The last records of one run. */
class RecordsOfRun implements RecordCollector {
  readonly newestFirst: RawRecord[] = [];
  readonly #run: number;
  readonly #room: Room;
  /** Records since the last mark, which says whose they are. */
  #section: RawRecord[] = [];
  newestRun: number | null = null;
  hasOlder: boolean;
  #isBeforeStart = false;
  /** The newest mark of the start of the run. */
  #start: string | null = null;

  constructor(bounds: ReadBounds, run: number) {
    this.#room = new Room(bounds);
    this.#run = run;
    this.hasOlder = bounds.lines <= 0;
  }

  get oldestRun(): number {
    return this.#run;
  }

  get isFound(): boolean {
    return this.#marks > 0;
  }

  get isFull(): boolean {
    return this.#isBeforeStart || (this.hasOlder && this.isFound && this.newestRun !== null);
  }

  #marks = 0;

  take(raw: RawRecord): void {
    if (!isMarkRecord(raw.record)) {
      if (this.#section.length < this.#room.records) this.#section.push(raw);
      return;
    }
    const { run = 0, mark, text } = parseRecordBytes(raw.record);
    this.newestRun ??= run;
    this.#isBeforeStart ||= mark === 'started' && this.#isEarlier(run, text);
    if (run === this.#run && !this.#isBeforeStart) this.#takeSection(raw);
    if (run === this.#run && mark === 'started') this.#start ??= text;
    this.#section = [];
  }

  /**
   * Returns whether a run started before the selected one, so that nothing above its mark belongs to that. The numbers begin again after
   * a shutdown; the start of one run is marked again, with the same pid, by another log collector.
   */
  #isEarlier(run: number, text: string): boolean {
    if (run < this.#run) return true;
    return this.#start !== null && (run > this.#run || text !== this.#start);
  }

  #takeSection(mark: RawRecord): void {
    this.#marks += 1;
    for (const raw of this.#section) {
      this.hasOlder ||= !this.#room.admit(raw.record);
      if (!this.hasOlder) this.newestFirst.push(raw);
    }
    if (!this.hasOlder) this.newestFirst.push(mark);
  }
}

/** Records per line, so that lines of several records fit. */
const RECORDS_PER_LINE = 20;

/** What is left of the bounds. */
class Room {
  #lines: number;
  #bytes: number;
  #count = 0;

  constructor({ lines, bytes }: ReadBounds) {
    this.#lines = lines;
    this.#bytes = bytes;
  }

  /** The most records that can still fit. */
  get records(): number {
    return this.#lines * RECORDS_PER_LINE + 1;
  }

  /** Returns false if a record does not fit. */
  admit(record: Buffer): boolean {
    // The parts of a line precede its last record; a line that is still being written has only parts.
    const isLine = this.#count === 0 || !isPartialRecord(record);
    if ((isLine && this.#lines === 0) || (this.#count > 0 && record.length > this.#bytes)) return false;
    if (isLine) this.#lines -= 1;
    this.#bytes -= record.length;
    this.#count += 1;
    return true;
  }
}
