import type { LogLine } from '../../protocol/log-line.ts';

/** A line of several records is returned in pieces of this many characters. */
const JOINED_CHARS = 1024 * 1024;
/** Lines that wait for an older line of the other stream to be complete. */
const MAX_WAITING = 2000;

interface OpenLine {
  /** Newest first. */
  readonly parts: LogLine[];
  chars: number;
  isDone: boolean;
}

/** Joins the records of a log that is read backwards into lines, newest first. */
export class BackwardLines {
  readonly #newest: Partial<Record<LogLine['stream'], OpenLine>> = {};
  readonly #waiting: OpenLine[] = [];

  /** @param records oldest first, older than those of the previous call. Returns the lines that are complete, newest first. */
  push(records: readonly LogLine[]): LogLine[] {
    for (const record of [...records].reverse()) this.#add(record);
    return this.#take(MAX_WAITING);
  }

  /** Returns the remaining lines once there are no older records. */
  end(): LogLine[] {
    return this.#take(0);
  }

  #add(record: LogLine): void {
    if (record.mark !== undefined) {
      this.#waiting.push({ parts: [record], chars: 0, isDone: true });
      return;
    }
    const newer = this.#newest[record.stream];
    if (newer !== undefined && record.partial && newer.chars < JOINED_CHARS) {
      newer.parts.push(record);
      newer.chars += record.text.length;
      return;
    }
    if (newer !== undefined) newer.isDone = true;
    const line: OpenLine = { parts: [record], chars: record.text.length, isDone: false };
    this.#newest[record.stream] = line;
    this.#waiting.push(line);
  }

  #take(maxWaiting: number): LogLine[] {
    const lines: LogLine[] = [];
    let count = 0;
    for (const line of this.#waiting) {
      if (!line.isDone && this.#waiting.length - count <= maxWaiting) break;
      count += 1;
      if (!line.isDone) this.#forget(line);
      lines.push(joined(line.parts));
    }
    this.#waiting.splice(0, count);
    return lines;
  }

  #forget(line: OpenLine): void {
    if (this.#newest.stdout === line) delete this.#newest.stdout;
    if (this.#newest.stderr === line) delete this.#newest.stderr;
  }
}

function joined(newestFirst: readonly LogLine[]): LogLine {
  const [last] = newestFirst;
  const first = newestFirst.at(-1);
  if (last === undefined || first === undefined) throw new Error('a line has at least one record');
  const { stream, partial, run, mark } = last;
  const text = newestFirst
    .map((part) => part.text)
    .reverse()
    .join('');
  const whose = { ...(run === undefined ? {} : { run }), ...(mark === undefined ? {} : { mark }) };
  const line = { time: first.time, stream, text, partial, ...whose };
  if (newestFirst.every(({ base64 }) => base64 === undefined)) return line;
  return { ...line, base64: Buffer.concat(newestFirst.map(bytesOf).reverse()).toString('base64') };
}

/** Returns what the program wrote, byte for byte. */
export function bytesOf({ text, base64 }: Pick<LogLine, 'text' | 'base64'>): Buffer {
  return base64 === undefined ? Buffer.from(text) : Buffer.from(base64, 'base64');
}
