import { closeSync, constants, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder, PRIVATE_FILE } from '../../base/atomic-file.ts';
import { whoCanReplace } from '../../base/other-writers.ts';
import { withUsualCompilation } from '../core/keep-code-warm.ts';
import { ownStartCode, type StartCode, withDigest } from './start-code.ts';

/** After this time, an engine has started its programs, and V8 has compiled the code for it. */
const SETTLED_MS = 5_000;

/** Keeps the compiled form of the engine's code for its next start, unless it was there. Runs later, and never fails. */
export function keepCompiledLater(): void {
  const code = ownStartCode();
  if (code === undefined || code.isCompiled || code.ownFile === null) return;
  const { ownFile } = code;
  setTimeout(() => writeCompiled(code, ownFile), SETTLED_MS).unref();
}

/** Writes the compiled form to a file that only this user can replace. What prevents that costs only time at the next start. */
export function writeCompiled({ script, key }: Pick<StartCode, 'script' | 'key'>, file: string): void {
  try {
    ensureFolder(dirname(file));
    if (whoCanReplace(dirname(file)) !== null) return;
    replaceBytes(
      file,
      withDigest(
        withUsualCompilation(() => script.createCachedData()),
        key,
      ),
    );
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
