import { closeSync, openSync, readSync } from 'node:fs';
import type { OutputStream } from './log-transport.ts';
import { parseRecord } from './log-format.ts';

/** Unfinished lines of a log: the run that printed each of them, by stream; null for an unknown run. */
export type OpenLines = Map<OutputStream, number | null>;

/** Two records of maximum length. */
const TAIL_BYTES = 192 * 1024;
/** The mark of a run is repeated in this distance. */
const MARKED_BYTES = 1_300 * 1024;

/** Returns the unfinished lines at the end of a log, which an earlier log collector wrote. A log that cannot be read has none. */
export function readOpenLines(path: string, size: number): OpenLines {
  const short = openLinesIn(readTail(path, size, TAIL_BYTES));
  const isKnown = size <= TAIL_BYTES || [...short.values()].every((run) => run !== null);
  return isKnown ? short : openLinesIn(readTail(path, size, MARKED_BYTES));
}

/** Reads backwards: usually the last records of both streams are near the end. */
function openLinesIn(tail: string): OpenLines {
  const open: OpenLines = new Map();
  const seen = new Set<OutputStream>();
  for (let end = tail.length - 1; end > 0 && (seen.size < 2 || [...open.values()].includes(null));) {
    const start = tail.lastIndexOf('\n', end - 1) + 1;
    const { stream, partial, mark, run } = parseRecord(tail.slice(start, end));
    end = start - 1;
    if (mark !== undefined) {
      for (const [each, known] of open) if (known === null) open.set(each, run ?? null);
    } else if (!seen.has(stream)) {
      seen.add(stream);
      if (partial) open.set(stream, null);
    }
  }
  return open;
}

function readTail(path: string, size: number, maxBytes: number): string {
  const length = Math.min(size, maxBytes);
  try {
    const fd = openSync(path, 'r');
    try {
      const bytes = Buffer.allocUnsafe(length);
      return bytes.toString('latin1', 0, readSync(fd, bytes, 0, length, size - length));
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
