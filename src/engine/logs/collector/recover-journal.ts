import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ProcessIdentity } from '../../../base/process-identity.ts';
import { ensureFolder, PRIVATE_FILE } from '../../../base/atomic-file.ts';
import type { Libc } from '../../../base/libc.ts';
import { appendRecords } from '../files/log-file.ts';
import { formatRecords, recordHeads } from '../files/log-format.ts';
import { openFifoOfAnyWriter } from '../files/held-fifo.ts';
import { type JournalHeader, openJournal, spliceInto } from './journal.ts';

const NEWLINE = 0x0a;

/**
 * Completes the batch that a killed log collector was moving: truncates the log to its previous size and writes the batch
 * again. Must run before anything else touches a pipe or a log. Returns the problem, or null.
 */
export function recoverJournal(path: string, engine: ProcessIdentity, libc: Libc): string | null {
  let fd: number | null = null;
  try {
    fd = openJournal(path);
    const batch = readBatch(fd);
    if (batch !== null) append(batch.header, completed(batch, { fd, engine, libc }));
    ftruncateSync(fd, 0);
    return null;
  } catch (error) {
    return `cannot recover the log batch in "${path}": ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

interface UnfinishedBatch {
  readonly header: JournalHeader;
  readonly headerLength: number;
  readonly bytes: Buffer;
}

/** Returns null if nothing had been taken from a pipe. */
function readBatch(fd: number): UnfinishedBatch | null {
  const { size } = fstatSync(fd);
  const content = Buffer.alloc(size);
  for (let read = 0; read < size;) read += readSync(fd, content, read, size - read, read);
  const headerLength = content.indexOf(NEWLINE) + 1;
  if (headerLength === 0 || headerLength === size) return null;
  const header = JSON.parse(content.toString('utf8', 0, headerLength)) as JournalHeader;
  return { header, headerLength, bytes: content.subarray(headerLength) };
}

interface Recovery {
  /** The descriptor of the journal. */
  readonly fd: number;
  readonly engine: ProcessIdentity;
  readonly libc: Libc;
}

/** Returns the whole batch. A kill may interrupt the splice; the remainder is then at the head of the pipe. */
function completed({ header, headerLength, bytes }: UnfinishedBatch, recovery: Recovery): Buffer {
  const missing = header.length - bytes.length;
  if (missing > 0) takeRemainder(header.fifo, headerLength + bytes.length, missing, recovery);
  return readBatch(recovery.fd)?.bytes ?? bytes;
}

function takeRemainder(fifo: string, offset: number, length: number, { fd, engine, libc }: Recovery): void {
  try {
    const fifoFd = openFifoOfAnyWriter(fifo, [engine]);
    try {
      spliceInto(libc, { fifoFd, fd, offset, length });
    } finally {
      closeSync(fifoFd);
    }
  } catch {
    // Program and engine have exited as well, so the unread output is lost.
  }
}

function append(header: JournalHeader, bytes: Buffer): void {
  const tail = bytes.length === header.length ? header.tail : 'goes-on';
  ensureFolder(dirname(header.log));
  const fd = openSync(header.log, 'a', PRIVATE_FILE);
  try {
    if (fstatSync(fd).size > header.size) ftruncateSync(fd, header.size);
    const { size } = fstatSync(fd);
    appendRecords(
      { fd, path: header.log, size },
      formatRecords(bytes, recordHeads(header.stream, header.timeMs), tail),
    );
  } finally {
    closeSync(fd);
  }
}
