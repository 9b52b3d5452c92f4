import type { Launch } from './launch.ts';

/** What a service file depends on. All paths are absolute. */
export interface BootFacts {
  readonly scope: 'user' | 'system';
  readonly instance: string;
  readonly launch: Launch;
  /** Where the engine searches for files that define programs. */
  readonly workingDirectory: string;
  /** The variables that decide where healer keeps its files and where programs are found. */
  readonly environment: Readonly<Record<string, string>>;
  /** The folders that have to be mounted before the engine starts. */
  readonly folders: readonly string[];
  /** The file to which an engine without a journal prints. */
  readonly engineLog: string;
  /** The user that runs the engine of a system-wide service. */
  readonly userName: string;
  /** Whether the native library works, which notifies systemd that the engine is ready. */
  readonly canNotify: boolean;
}

/** What an installed service file says about the engine, as far as another one has to keep it. */
export interface InstalledFacts {
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string | null;
  /** Null if the service manager decides. */
  readonly userName: string | null;
}

/** Allows several programs that depend on each other to use their whole stop timeouts in a row. */
export const STOP_SECONDS = 120;

/** How many files the engine may open. */
export const OPEN_FILES = 65_536;

/** Returns the lines of a file, without those that are left out. */
export function lines(...parts: readonly (string | false)[]): string {
  return `${parts.filter((part) => part !== false).join('\n')}\n`;
}

/** Returns the pairs of an assignment in each line that a pattern finds. Its groups are the name and the value. */
export function assignmentsIn(
  text: string,
  pattern: RegExp,
  decode: (value: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(pattern)].map(([, name = '', value = '']) => [name, decode(value)]));
}
