import { readFileSync } from 'node:fs';
import type { Environment } from '../../base/environment.ts';
import { isOwnerAlive, readLockOwner } from '../../base/lock-owner.ts';
import { type Paths, resolvePaths } from '../../config/instance/paths.ts';
import { HealerError } from '../../protocol/errors.ts';

/** The variables that decide on the socket of an engine, but not on its state folder. */
const VARIABLES = ['XDG_RUNTIME_DIR', 'TMPDIR'] as const;

/** Returns an error that explains how to reach an engine with the same state but another runtime folder, or null. */
export function findEngineElsewhere(paths: Paths, env: Environment): HealerError | null {
  const owner = readLockOwner(paths.stateLock);
  if (owner === null || !isOwnerAlive(owner)) return null;
  const theirs = environmentOf(owner.pid);
  // With HEALER_HOME, all folders are in one place.
  if (theirs === null || (theirs['HEALER_HOME'] ?? '') !== '') return null;
  const { socket } = resolvePaths(theirs, paths.instance);
  if (socket === paths.socket) return null;
  const command = paths.instance === 'default' ? 'healer status' : `healer --instance ${paths.instance} status`;
  const sentence =
    `an engine of this instance is already running (pid ${String(owner.pid)}), but its socket is "${socket}" ` +
    `— reach it with "${prefixOf(env, theirs)}${command}"`;
  return new HealerError('ALREADY_RUNNING', sentence, { pid: owner.pid, socket });
}

function prefixOf(ours: Environment, theirs: Environment): string {
  const differing = VARIABLES.filter((name) => ours[name] !== theirs[name]);
  const words = differing.map((name) => (theirs[name] === undefined ? `-u ${name}` : `${name}=${theirs[name]}`));
  // env(1) expects its options before its assignments.
  const sorted = words.sort((a, b) => Number(b.startsWith('-u ')) - Number(a.startsWith('-u ')));
  return sorted.length === 0 ? '' : `env ${sorted.join(' ')} `;
}

/** Returns the environment with which a process was started, or null if it cannot be read. */
function environmentOf(pid: number): Environment | null {
  try {
    const entries = readFileSync(`/proc/${String(pid)}/environ`, 'utf8')
      .split('\0')
      .filter(Boolean);
    return Object.fromEntries(entries.map((entry) => splitAtFirst(entry)));
  } catch {
    return null;
  }
}

function splitAtFirst(entry: string): [string, string] {
  const at = entry.indexOf('=');
  return [entry.slice(0, at), entry.slice(at + 1)];
}
