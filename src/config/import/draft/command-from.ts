import { isAbsolute, resolve } from 'node:path';

/**
 * Returns a command whose path is relative to the working directory, as most managers read it, with its whole path: healer.yaml
 * reads it relative to the file. Names without a slash are searched for in PATH.
 */
export function commandFrom(folder: string, command: string): string {
  const isRelative = command.includes('/') && !isAbsolute(command) && !/^[~$]/.test(command);
  return isRelative ? resolve(folder, command) : command;
}
