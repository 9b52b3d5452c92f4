import type { LogLine } from '../../protocol/log-line.ts';
import { parseRecord } from './files/log-format.ts';
import { openLogFile, openOlder, type TrailFile } from './log-trail.ts';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** The newest lines that come to this are all that a tail gives, however many were asked for. */
const MAX_TAIL_BYTES = 16 * 1024 * 1024;

/** The newest lines of a program's log, oldest first, over as many rotated files as it takes. */
export async function readTail(dir: string, count: number): Promise<LogLine[]> {
  const current = await openLogFile(dir, 0);
  if (current === null) return [];
  try {
    return await readTailBefore(dir, current, (await current.handle.stat()).size, count);
  } finally {
    await current.handle.close();
  }
}

/** The `count` lines that end before `end` in a file, and in the older ones. */
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

/** Records of one file without their newlines, newest first, as far as the budget goes. */
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

/** Cuts whole records off the end; what stands before the first newline may begin in an earlier chunk. */
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
