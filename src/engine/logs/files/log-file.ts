import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFolder, PRIVATE_FILE } from '../../../base/atomic-file.ts';
import { descriptors } from '../../../base/descriptors.ts';
import type { LogSettings } from './log-transport.ts';
import { CURRENT_LOG, rotate } from './rotation.ts';

export const BYTES_PER_MB = 1024 * 1024;

/** An open log file. Opened for each batch, so that a removed folder is noticed immediately. */
export interface OpenLog {
  readonly fd: number;
  readonly path: string;
  /** Size before anything is appended. */
  readonly size: number;
}

/**
 * Opens the current log, and rotates it first if `length` more bytes would exceed its size limit.
 * @throws the error of the file system
 */
export function openLog(dir: string, { maxSizeMb, keep }: LogSettings, length: number): OpenLog {
  const log = openCurrent(dir);
  if (log.size === 0 || log.size + length <= maxSizeMb * BYTES_PER_MB) return log;
  closeSync(log.fd);
  rotate(dir, keep);
  return openCurrent(dir);
}

/** Appends all records or none; a text has one character per byte. @throws the error of the file system */
export function appendRecords(log: OpenLog, records: Buffer | string): void {
  try {
    if (typeof records !== 'string') {
      writeAll(log.fd, records, records.length);
      return;
    }
    for (let start = 0; start < records.length; start += scratch.length) {
      const part = records.length <= scratch.length ? records : records.slice(start, start + scratch.length);
      writeAll(log.fd, scratch, scratch.write(part, 0, 'latin1'));
    }
  } catch (error) {
    shrinkTo(log.fd, log.size);
    throw error;
  }
}

/** Large enough for a usual batch; shared, since writing is synchronous. */
const scratch = Buffer.allocUnsafeSlow(512 * 1024);

function writeAll(fd: number, bytes: Buffer, length: number): void {
  for (let written = 0; written < length;) written += writeSync(fd, bytes, written, length - written);
}

function shrinkTo(fd: number, size: number): void {
  try {
    ftruncateSync(fd, size);
  } catch {
    // Not a regular file; a partial write cannot be undone.
  }
}

function openCurrent(dir: string): OpenLog {
  const path = join(dir, CURRENT_LOG);
  const fd = descriptors.withReserve(() => openAppending(path, dir));
  return { fd, path, size: fstatSync(fd).size };
}

function openAppending(path: string, dir: string): number {
  try {
    return openSync(path, 'a', PRIVATE_FILE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    ensureFolder(dir);
    return openSync(path, 'a', PRIVATE_FILE);
  }
}
