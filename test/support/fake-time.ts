import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARIES = '/usr/lib';

/** Returns the path of libfaketime, which `.ci/run` installs. */
function libraryPath(): string {
  const found = readdirSync(LIBRARIES)
    .map((folder) => join(LIBRARIES, folder, 'faketime/libfaketime.so.1'))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('libfaketime is missing: install the package libfaketime');
  return found;
}

/** A wall clock that a test sets for other processes. Their monotonic clock is not affected. */
export class FakeTime {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, 'faketime');
    this.set('+0');
  }

  /** The environment of a process that uses this clock. */
  get env(): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: libraryPath(),
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** @param offset the difference to the real time, such as "+365d" or "-1d" */
  set(offset: string): void {
    writeFileSync(this.#file, `${offset}\n`);
  }
}
