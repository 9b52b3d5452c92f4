import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { replaceFile } from '../../base/atomic-file.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { isWhollyOf } from './process-user.ts';

const KEY_BYTES = 32;
const KEY = new RegExp(`^[0-9a-f]{${String(2 * KEY_BYTES)}}$`);
const SIGNATURE_CHARACTERS = 24;

/**
 * Signs marks with a key that only root can read. A process can read its own mark, and thus its signature, which is valid
 * for that run alone: the user of a program cannot make a process that counts as part of another program.
 */
export class MarkSignatures {
  readonly #path: string;
  #known: string | null = null;

  constructor(stateDir: string) {
    this.#path = join(stateDir, 'mark-key');
  }

  of(mark: string): string {
    return createHmac('sha256', this.#key()).update(mark).digest('hex').slice(0, SIGNATURE_CHARACTERS);
  }

  /** Returns whether the last part of a mark is the signature of the others. */
  isSigned(mark: string): boolean {
    const end = mark.lastIndexOf(':');
    return this.of(mark.slice(0, end)) === mark.slice(end + 1);
  }

  #key(): string {
    this.#known ??= readKey(this.#path) ?? createKey(this.#path);
    return this.#known;
  }
}

/**
 * Returns whether a process has the rights of root alone, so that its environment cannot come from another user. A
 * set-user-id program has the environment of the user who started it.
 */
export function isOfRootAlone(pid: number): boolean {
  return isWhollyOf(0, pid);
}

/** Returns null if there is no key, or a damaged one: processes of other users whose marks it signed are then not recognized. */
function readKey(path: string): string | null {
  try {
    const key = readRegularFile(path).content.toString('latin1');
    return KEY.test(key) ? key : null;
  } catch {
    return null;
  }
}

/** On a disk that is full or read-only, the key is valid until the engine exits. */
function createKey(path: string): string {
  const key = randomBytes(KEY_BYTES).toString('hex');
  try {
    replaceFile(path, key);
  } catch {
    // Processes of root are recognized without it.
  }
  return key;
}
