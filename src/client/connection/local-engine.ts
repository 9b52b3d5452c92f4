import { lstatSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from '../../base/environment.ts';
import { isOwnerAlive, readLockOwner } from '../../base/lock-owner.ts';
import { ownershipProblem } from '../../base/ownership.ts';
import { nameOfUid, ownUid } from '../../base/own-user.ts';
import { codeOf } from '../../base/thrown.ts';
import { type Paths, resolvePaths } from '../../config/instance/paths.ts';
import { readStartProgress, type StartProgress, startProgressFile } from '../../config/instance/start-progress.ts';
import { HealerError } from '../../protocol/errors.ts';

/** How a client finds the engine of some paths. */
export interface LocalEngine {
  readonly socketPath: string;
  /** The state folder of the engine that the client is meant for. */
  readonly stateDir?: string;
  /** Returns the socket of an engine that was started in another session, with the same state but another runtime folder. */
  readonly elsewhere?: () => string | null;
  /** Returns the progress of an engine that starts its programs and does not answer yet. */
  readonly starting?: () => StartProgress | null;
}

/** Returns how a client finds the engine that "healer up" starts with these paths. */
export function localEngineOf(paths: Paths): LocalEngine {
  return {
    socketPath: paths.socket,
    stateDir: paths.stateDir,
    elsewhere: () => socketElsewhere(paths),
    starting: () => readStartProgress(startProgressFile(paths)),
  };
}

/**
 * Returns the socket of the engine that holds the state, if it is not the expected one: its session has another
 * XDG_RUNTIME_DIR or TMPDIR, as with cron, su and ssh. Null if no engine holds the state, or if that is unknown.
 */
function socketElsewhere(paths: Paths): string | null {
  const owner = readLockOwner(paths.stateLock);
  if (owner === null || !isOwnerAlive(owner)) return null;
  const theirs = environmentOf(owner.pid);
  if (theirs === null) return null;
  const { socket } = resolvePaths(theirs.env, paths.instance, theirs.cwd);
  return socket === paths.socket ? null : socket;
}

/** Returns the environment with which a process was started, and its folder; null if they cannot be read. */
export function environmentOf(pid: number): { readonly env: Environment; readonly cwd: string } | null {
  try {
    const entries = readFileSync(`/proc/${String(pid)}/environ`, 'utf8')
      .split('\0')
      .filter(Boolean)
      .map((entry): [string, string] => {
        const at = entry.indexOf('=');
        return [entry.slice(0, at), entry.slice(at + 1)];
      });
    return { env: Object.fromEntries(entries), cwd: `/proc/${String(pid)}/cwd` };
  } catch {
    return null;
  }
}

/**
 * Refuses a socket through which another user could answer in place of the engine, such as one in a folder of /tmp that
 * another user created first. A socket that does not exist is accepted: the connection fails anyway.
 * @throws HealerError FORBIDDEN, which names the owner and the next step
 */
export function refuseForeignSocket(socketPath: string): void {
  try {
    const { uid } = lstatSync(socketPath);
    if (uid !== ownUid()) throw engineOfOther(socketPath, uid);
    const unsafe = ownershipProblem(dirname(socketPath));
    if (unsafe === null) return;
    const { place, who, message, hint } = unsafe;
    throw new HealerError(
      'FORBIDDEN',
      `the engine's socket "${socketPath}" cannot be trusted: it could be replaced by ${who}: ${message} — ${hint}`,
      { socketPath, place },
    );
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EACCES' || codeOf(error) === 'ENOTDIR') return;
    throw error;
  }
}

function engineOfOther(socketPath: string, uid: number): HealerError {
  const name = nameOfUid(uid);
  const step = ownUid() === 0 ? `use "sudo -u ${name.replace('uid ', '#')} healer …"` : `run healer as ${name}`;
  return new HealerError('FORBIDDEN', `the engine at "${socketPath}" belongs to ${name}, not to you — ${step}`, {
    socketPath,
    uid,
  });
}
