import { readFileSync } from 'node:fs';
import { isOwnerAlive, readLockOwner } from '../../base/lock-owner.ts';
import { type Paths, resolvePaths } from '../../config/instance/paths.ts';
import { HealerError } from '../../protocol/errors.ts';

/** What decides where an engine is reached, besides what decides where its state is. */
const VARIABLES = ['XDG_RUNTIME_DIR', 'TMPDIR'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Says how to reach an engine that has our state, but another runtime folder; null where there is none such. */
export function findEngineElsewhere(paths: Paths, env: Environment): HealerError | null {
  const owner = readLockOwner(paths.stateLock);
  if (owner === null || !isOwnerAlive(owner)) return null;
  const theirs = environmentOf(owner.pid);
  // With a home, everything is in it.
  if (theirs === null || (theirs['HEALER_HOME'] ?? '') !== '') return null;
  const { socket } = resolvePaths(theirs, paths.instance);
  if (socket === paths.socket) return null;
  const command = paths.instance === 'default' ? 'healer status' : `healer --instance ${paths.instance} status`;
  const sentence =
    `an engine of this instance runs already (pid ${String(owner.pid)}), but is reached at "${socket}" ` +
    `— "${prefixOf(env, theirs)}${command}" reaches it`;
  return new HealerError('ALREADY_RUNNING', sentence, { pid: owner.pid, socket });
}

function prefixOf(ours: Environment, theirs: Environment): string {
  const differing = VARIABLES.filter((name) => ours[name] !== theirs[name]);
  const words = differing.map((name) => (theirs[name] === undefined ? `-u ${name}` : `${name}=${theirs[name]}`));
  // The options of env(1) stand before its settings.
  const sorted = words.sort((a, b) => Number(b.startsWith('-u ')) - Number(a.startsWith('-u ')));
  return sorted.length === 0 ? '' : `env ${sorted.join(' ')} `;
}

/** As it was when the process began; null when it is not to be seen. */
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
