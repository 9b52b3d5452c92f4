import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { keepAside } from '../../base/atomic-file.ts';
import { type FileLock, takeFileLock } from '../../base/file-lock.ts';
import { loadLibc } from '../../base/libc.ts';
import { readLockOwner } from '../../base/lock-owner.ts';
import { codeOf } from '../../base/thrown.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import { ensureOwnFolder } from '../instance/own-folder.ts';
import { EMPTY_REGISTRY, type ParsedRegistry, parseRegistry, type Registry } from './registry-content.ts';

/** Who holds it works for milliseconds, also where twenty wait. */
const LOCK_PATIENCE_MS = 10_000;

/** What the registry holds; none is an empty one. @throws the error of the system call where it may not be read. */
export function readRegistryFile(path: string): ParsedRegistry {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'read', registry: EMPTY_REGISTRY };
    throw error;
  }
  return parseRegistry(text);
}

/** The registry around an edit of it. */
export interface EditedRegistry {
  readonly before: Registry;
  readonly after: Registry;
}

/**
 * Changes the registry: what was read, changed and written is the work of one alone, in this process or another.
 * What `change` throws changes nothing.
 * @throws HealerError IO_ERROR when it cannot be written, TIMEOUT when another keeps it locked, INVALID_CONFIG when it
 *   is damaged: who knows what it should say mends it
 */
export async function editRegistry(path: string, change: (registry: Registry) => Registry): Promise<EditedRegistry> {
  // The writer brings a package that is of no use to those who only read.
  const { writeRegistry } = await import('./write-registry.ts');
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

/** Puts a damaged registry aside, so that an engine can start. Gives a sentence that says so; null when it is whole. */
export async function rescueRegistry(path: string, nowMs: number): Promise<string | null> {
  try {
    if (readRegistryFile(path).kind !== 'corrupt') return null;
    const lock = await lockRegistry(path);
    try {
      const found = readRegistryFile(path);
      if (found.kind !== 'corrupt') return null;
      const aside = keepAside(path, nowMs);
      rmSync(path);
      return `the registry "${path}" is unreadable (${found.problem}); it is kept as "${aside}"`;
    } finally {
      lock.release();
    }
  } catch (error) {
    // The load that follows tells what is wrong with the file itself.
    return `the registry "${path}" cannot be put aside: ${toHealerError(error).message}`;
  }
}

async function lockRegistry(path: string): Promise<FileLock> {
  const place = `${path}.lock`;
  ensureOwnFolder(dirname(path));
  try {
    const lock = await takeFileLock(place, loadLibc().libc, LOCK_PATIENCE_MS);
    if (lock !== null) return lock;
  } catch (error) {
    throw explain(path, error);
  }
  const owner = readLockOwner(place);
  const who = owner === null ? 'another process' : `pid ${String(owner.pid)}`;
  throw new HealerError(
    'TIMEOUT',
    `cannot change the registry: ${who} keeps "${place}" locked — end it, then try again`,
    {
      lock: place,
      pid: owner?.pid ?? null,
    },
  );
}

function unusable(path: string, problem: string): HealerError {
  return new HealerError(
    'INVALID_CONFIG',
    `cannot change the registry "${path}": ${problem} — mend it or move it away; an engine that starts puts it aside`,
    { path, problem },
  );
}

function explain(path: string, thrown: unknown): HealerError {
  const error = toHealerError(thrown);
  if (error.code !== 'IO_ERROR' && !isSystemError(thrown)) return error;
  const facts = { ...error.data, path };
  const message = `cannot write the registry "${path}": ${error.message} — what it held before is untouched`;
  return new HealerError('IO_ERROR', message, facts, { cause: thrown });
}

/** What a package throws may carry a code without a number. */
function isSystemError(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && !(thrown instanceof HealerError);
}
