import { closeSync, constants, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder, PRIVATE_FILE } from './atomic-file.ts';
import { whoCanReplace } from './other-writers.ts';
import { contentOf, type StartCode } from './start-code.ts';

/**
 * Writes the compiled form of code to a file that only this user can replace. It contains the functions that have run until
 * now. Never fails: what prevents it costs only time at the next start.
 */
export function writeCompiled({ script, text }: Pick<StartCode, 'script' | 'text'>, file: string): void {
  try {
    ensureFolder(dirname(file));
    if (whoCanReplace(dirname(file)) !== null) return;
    replaceBytes(file, contentOf(text, script.createCachedData()));
  } catch {
    // A full or read-only disk, for example.
  }
}

function replaceBytes(path: string, bytes: Buffer): void {
  const draft = `${path}.${String(process.pid)}.new`;
  const fd = openSync(
    draft,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    PRIVATE_FILE,
  );
  try {
    writeFileSync(fd, bytes);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}
