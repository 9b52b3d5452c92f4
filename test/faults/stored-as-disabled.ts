import { readFileSync } from 'node:fs';

interface Stored {
  readonly enabled?: boolean;
}

interface Registry {
  readonly programs?: Readonly<Record<string, Stored>>;
  readonly overrides?: Readonly<Record<string, Stored>>;
}

/**
 * Returns a function that returns whether the registry disables a program. After `healer disable` on a full disk it does not:
 * the command says that this could not be stored, and only the state file contains it.
 */
export function storedAsDisabled(registryFile: string): (id: string) => boolean {
  const { programs = {}, overrides = {} } = readRegistry(registryFile);
  return (id) => programs[id]?.enabled === false || overrides[id]?.enabled === false;
}

/** The file may be missing. */
function readRegistry(path: string): Registry {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Registry;
  } catch {
    return {};
  }
}
