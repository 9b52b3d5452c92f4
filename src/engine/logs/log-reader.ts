import type { LogLine } from '../../protocol/log-line.ts';
import { parseRecord } from './files/log-format.ts';
import { openLogFile, openOlder, type TrailFile } from './log-trail.ts';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** The maximum size of a tail, regardless of the number of lines requested. */
const MAX_TAIL_BYTES = 16 * 1024 * 1024;

/** Reads the last `count` lines of a log, oldest first, from as many rotated files as necessary. */
export async function readTail(dir: string, count: number): Promise<LogLine[]> {
  const current = await openLogFile(dir, 0);
  if (current === null) return [];
  try {
    return await readTailBefore(dir, current, (await current.handle.stat()).size, count);
  } finally {
    await current.handle.close();
  }
}

/** Reads the `count` lines before the byte `end` of a file, continuing in older files. */
export async function readTailBefore(dir: string, file: TrailFile, end: number, count: number): Promise<LogLine[]> {
  const budget: Budget = { lines: count, bytes: MAX_TAIL_BYTES };
  const newestFirst = await readBackwards(file, end, budget);
  let older = hasRoom(budget) ? await openOlder(dir, file) : null;
  while (older !== null) {
    const reading = older;
    try {
      newestFirst.push(...(await readBackwards(reading, (await reading.handle.stat()).size, budget)));
      older = hasRoom(budget) ? await openOlder(dir, reading) : null;
    } finally {
      await reading.handle.close();
    }
  }
  return newestFirst.reverse().map((record) => parseRecord(record.toString('utf8')));
}

interface Budget {
  lines: number;
  bytes: number;
}

function hasRoom({ lines, bytes }: Budget): boolean {
  return lines > 0 && bytes > 0;
}

/** Reads records of one file without their newlines, newest first, until the budget is used up. */
async function readBackwards({ handle }: TrailFile, end: number, budget: Budget): Promise<Buffer[]> {
  const records: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  for (let start = end; start > 0 && hasRoom(budget) && rest.length < budget.bytes;) {
    const length = Math.min(CHUNK_BYTES, start);
    start -= length;
    const chunk = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(chunk, 0, length, start);
    const isEnd = start + length === end && chunk.at(-1) === NEWLINE;
    rest = Buffer.concat([chunk.subarray(0, isEnd ? bytesRead - 1 : bytesRead), rest]);
    rest = splitBackwards(rest, records, budget);
  }
  if (hasRoom(budget) && rest.length > 0) addRecord(records, rest, budget);
  return records;
}

/** Splits whole records off the end. Returns the bytes before the first newline, whose record may begin in an earlier chunk. */
function splitBackwards(bytes: Buffer, records: Buffer[], budget: Budget): Buffer {
  let end = bytes.length;
  while (hasRoom(budget) && end > 0) {
    const newline = bytes.lastIndexOf(NEWLINE, end - 1);
    if (newline === -1) break;
    addRecord(records, bytes.subarray(newline + 1, end), budget);
    end = newline;
  }
  return bytes.subarray(0, end);
}

function addRecord(records: Buffer[], record: Buffer, budget: Budget): void {
  records.push(record);
  budget.lines -= 1;
  budget.bytes -= record.length;
}
