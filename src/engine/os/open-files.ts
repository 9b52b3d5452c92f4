import { closeSync, openSync, readSync } from 'node:fs';
import { descriptors } from '../../base/descriptors.ts';
import { read } from './cgroup-files.ts';

/** How many files stay open. */
const MOST = 64;
/** Without as many free descriptors, files are opened for each reading. */
const FREE = 1_024;
const BYTES = 4_096;

/**
 * Reads small files of the kernel, those that were read last without opening them again: a restart must not wait for that. An
 * empty text stands for a file that does not exist.
 */
export class OpenFiles {
  readonly #buffer = Buffer.alloc(BYTES);
  /** Descriptors by path, the one that was used last at the end. */
  readonly #open = new Map<string, number>();

  read(path: string): string {
    const fd = this.#open.get(path);
    if (fd === undefined) return this.#openAndRead(path);
    this.#open.delete(path);
    this.#open.set(path, fd);
    return this.#readFrom(fd) ?? this.#reopen(path);
  }

  close(path: string): void {
    const fd = this.#open.get(path);
    if (fd === undefined) return;
    this.#open.delete(path);
    closeSync(fd);
  }

  /** The file was removed, and another one may have been created. */
  #reopen(path: string): string {
    this.close(path);
    return this.#openAndRead(path);
  }

  #openAndRead(path: string): string {
    if (descriptors.limit - descriptors.open < FREE) return read(path);
    try {
      const fd = openSync(path, 'r');
      this.#open.set(path, fd);
      descriptors.take(1);
      const [oldest] = this.#open.keys();
      if (this.#open.size > MOST && oldest !== undefined) this.close(oldest);
      return this.#readFrom(fd) ?? '';
    } catch {
      return '';
    }
  }

  #readFrom(fd: number): string | null {
    try {
      return this.#buffer.toString('latin1', 0, readSync(fd, this.#buffer, 0, BYTES, 0));
    } catch {
      return null;
    }
  }
}
