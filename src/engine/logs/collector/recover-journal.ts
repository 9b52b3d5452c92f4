import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { ProcessIdentity } from '../../../base/process-identity.ts';
import { ensureFolder, PRIVATE_FILE } from '../../../base/atomic-file.ts';
import type { Libc } from '../../../base/libc.ts';
import { messageOf } from '../../../base/thrown.ts';
import type { LogSettings } from '../files/log-transport.ts';
import { countLines } from '../files/record-cut.ts';
import type { KeptLoss } from './loss-file.ts';
import { appendRecords } from '../files/log-file.ts';
import { formatRecords, recordHeads } from '../files/log-format.ts';
import { openFifoOfAnyWriter } from '../files/held-fifo.ts';
import { type JournalHeader, openJournal, spliceInto } from './journal.ts';

const NEWLINE = 0x0a;

/**
 * Completes the batch that a killed log collector was moving: truncates the log to its previous size and writes the batch
 * again. Must run before anything else touches a pipe or a log.
 */
export function recoverJournal(path: string, { engine, libc, isCounted }: RecoveryOptions): Recovered {
  let fd: number | null = null;
  let batch: UnfinishedBatch | null = null;
  try {
    fd = openJournal(path);
    batch = readBatch(fd);
    if (batch !== null && !isCounted(batch.header.name)) append(batch.header, completed(batch, { fd, engine, libc }));
    ftruncateSync(fd, 0);
    return { problem: null, lost: null };
  } catch (error) {
    const why = messageOf(error);
    const lost = batch === null ? null : lossOf(batch, why);
    return { problem: `cannot recover the log batch in "${path}": ${why}`, lost };
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

export interface RecoveryOptions {
  /** The engine, which may hold FIFOs that were unlinked. */
  readonly engine: ProcessIdentity;
  readonly libc: Libc;
  /** Returns whether the lines of a batch were already counted as lost. */
  readonly isCounted: (name: string | undefined) => boolean;
}

/** The result of a recovery. If the log cannot be written, the batch is lost, and its lines are counted. */
export interface Recovered {
  readonly problem: string | null;
  readonly lost: KeptLoss | null;
}

const PIPE_NAME = /^(.+)\.(\d+)\.(?:out|err)$/;

function lossOf({ header, bytes }: UnfinishedBatch, reason: string): KeptLoss | null {
  const [, id, run] = PIPE_NAME.exec(basename(header.fifo)) ?? [];
  if (id === undefined) return null;
  const log: LogSettings = { maxSizeMb: Number.MAX_SAFE_INTEGER, keep: 1, timestamps: header.timeMs !== null };
  const counts = { lines: countLines(bytes), bytes: bytes.length };
  return { id, run: Number(run), ...counts, reason, fromWall: Date.now(), logDir: dirname(header.log), log };
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
