import { dirname } from 'node:path';
import { explainAccess } from '../../base/access-problem.ts';
import { moveAside } from '../../base/atomic-file.ts';
import { type FileLock, takeFileLock } from '../../base/file-lock.ts';
import { loadLibc } from '../../base/libc.ts';
import { readLockOwner } from '../../base/lock-owner.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { codeOf } from '../../base/thrown.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import { ensureOwnFolder, refuseUnsafe } from '../instance/own-folder.ts';
import { EMPTY_REGISTRY, type ParsedRegistry, parseRegistry, type Registry } from './registry-content.ts';

/** The lock is held for milliseconds, so this is enough even when twenty processes wait. */
const LOCK_PATIENCE_MS = 10_000;
/** Far beyond any registry: thousands of programs need a few MB. */
const MAX_BYTES = 256 * 2 ** 20;

/** Reads the registry; a missing file is an empty registry. @throws Error the failed system call */
export function readRegistryFile(path: string): ParsedRegistry {
  let text: string;
  try {
    text = readRegularFile(path, MAX_BYTES).content.toString();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'read', registry: EMPTY_REGISTRY };
    throw error;
  }
  return parseRegistry(text);
}

/** The registry before and after an edit. */
export interface EditedRegistry {
  readonly before: Registry;
  readonly after: Registry;
}

/**
 * Changes the registry under a lock that is shared by all processes. When `change` throws, the file is left unchanged.
 * @throws HealerError IO_ERROR when the registry cannot be written, TIMEOUT when another process holds the lock for
 *   longer than 10 s, INVALID_CONFIG when the registry is damaged and has to be fixed by hand
 */
export async function editRegistry(path: string, change: (registry: Registry) => Registry): Promise<EditedRegistry> {
  // Imported here because the writer depends on a package that readers do not need.
  const { loadRegistryWriter } = await import('./write-registry.ts');
  const writeRegistry = await loadRegistryWriter();
  const lock = await lockRegistry(path);
  try {
    const found = readRegistryFile(path);
    if (found.kind !== 'read') throw unusable(path, found.problem);
    const before = found.registry;
    const after = change(before);
    if (after !== before) writeRegistry(path, after);
    return { before, after };
  } catch (error) {
    throw explain(path, error);
  } finally {
    lock.release();
  }
}

/** Moves a damaged registry away so that an engine can start. Resolves to a message; null when the registry is intact. */
export async function rescueRegistry(path: string, nowMs: number): Promise<string | null> {
  try {
    if (readRegistryFile(path).kind !== 'corrupt') return null;
    const lock = await lockRegistry(path);
    try {
      const found = readRegistryFile(path);
      if (found.kind !== 'corrupt') return null;
      return `the registry "${path}" is damaged (${found.problem}); it was moved to "${moveAside(path, nowMs)}"`;
    } finally {
      lock.release();
    }
  } catch (error) {
    // Reading the registry, which follows, reports what is wrong with the file itself.
    return `cannot move the damaged registry "${path}" away: ${toHealerError(error).message}`;
  }
}

async function lockRegistry(path: string): Promise<FileLock> {
  const lockPath = `${path}.lock`;
  ensureOwnFolder(dirname(path));
  refuseUnsafe(path);
  try {
    const lock = await takeFileLock(lockPath, loadLibc().libc, LOCK_PATIENCE_MS);
    if (lock !== null) return lock;
  } catch (error) {
    throw explain(path, error);
  }
  const owner = readLockOwner(lockPath);
  const who = owner === null ? 'another process' : `pid ${String(owner.pid)}`;
  throw new HealerError(
    'TIMEOUT',
    `cannot change the registry: ${who} holds the lock "${lockPath}" — stop that process, then retry`,
    {
      lock: lockPath,
      pid: owner?.pid ?? null,
    },
  );
}

function unusable(path: string, problem: string): HealerError {
  return new HealerError(
    'INVALID_CONFIG',
    `cannot change the registry "${path}": ${problem} — fix it or move it away; the next engine to start moves a damaged one away`,
    { path, problem },
  );
}

function explain(path: string, thrown: unknown): HealerError {
  const error = toHealerError(thrown);
  if (error.code !== 'IO_ERROR' && !isSystemError(thrown)) return error;
  const facts = { ...error.data, path };
  const access = codeOf(thrown) === 'EACCES' ? explainAccess(path) : null;
  const message = `cannot write the registry "${path}": ${access ?? error.message} — its content is unchanged`;
  return new HealerError('IO_ERROR', message, facts, { cause: thrown });
}

/** Recognizes errors by `code`, because errors thrown by packages may lack `errno`. */
function isSystemError(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && !(thrown instanceof HealerError);
}
