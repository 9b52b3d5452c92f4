import { readFileSync, statSync, utimesSync } from 'node:fs';
import { replaceFile } from '../../../base/atomic-file.ts';
import { isRecord } from '../../../protocol/rpc.ts';

/** What this process knows, also if the disk is full. */
const remembered = new Map<string, readonly string[]>();

/** Returns the receivers that have got the mail in a file. */
export function readDelivered(file: string): readonly string[] {
  return [...new Set([...(remembered.get(file) ?? []), ...storedIn(file)])];
}

/** Stores in a file which receivers have got its mail, so that they are not mailed again. The age of the file stays the same. */
export function keepDelivered(file: string, delivered: readonly string[]): void {
  remembered.set(file, delivered);
  try {
    const { atime, mtime } = statSync(file);
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isRecord(content)) return;
    replaceFile(file, JSON.stringify({ ...content, delivered }));
    utimesSync(file, atime, mtime);
    remembered.delete(file);
  } catch {
    // This process remembers it. After its death, these receivers may get the mail twice.
  }
}

function storedIn(file: string): string[] {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const delivered = isRecord(content) ? content['delivered'] : [];
    return Array.isArray(delivered) ? delivered.filter((address) => typeof address === 'string') : [];
  } catch {
    return [];
  }
}
