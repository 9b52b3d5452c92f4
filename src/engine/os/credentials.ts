import { HealerError } from '../../protocol/errors.ts';
import { findGroupId, findUser, type UserEntry } from './user-database.ts';

/** As whom a program runs. */
export interface Credentials {
  /** Null leaves the engine's. */
  readonly uid: number | null;
  readonly gid: number;
  /** The user's entry, for its environment and supplementary groups; null for a bare number. */
  readonly entry: UserEntry | null;
}

/**
 * Looks up a program's `user` and `group`; null when it runs as the engine does.
 * @throws HealerError SPAWN_FAILED when there is no such user or group
 */
export function resolveCredentials(user: string | number | null, group: string | number | null): Credentials | null {
  if (user === null && group === null) return null;
  const gid = group === null ? null : gidOf(group);
  if (user === null) return gid === null ? null : { uid: null, gid, entry: null };
  const entry = findUser(asNumber(user));
  const uid = entry?.uid ?? asNumber(user);
  if (typeof uid === 'string') throw unknown('user', uid);
  const primary = gid ?? entry?.gid;
  if (primary === undefined) {
    throw new HealerError(
      'SPAWN_FAILED',
      `cannot start as user ${String(uid)}: the machine knows no such user, and so no group of it; set "group" too`,
      { user: uid },
    );
  }
  return { uid, gid: primary, entry };
}

function gidOf(group: string | number): number {
  const wanted = asNumber(group);
  const gid = typeof wanted === 'number' ? wanted : findGroupId(wanted);
  if (gid === null) throw unknown('group', String(group));
  return gid;
}

/** "1000" in quotes means the number, as it does to chown. */
function asNumber(name: string | number): string | number {
  return typeof name === 'string' && /^\d+$/.test(name) ? Number(name) : name;
}

function unknown(kind: 'user' | 'group', name: string): HealerError {
  const database = kind === 'user' ? 'passwd' : 'group';
  const message = `cannot start as ${kind} "${name}": there is none of that name; see getent ${database}`;
  return new HealerError('SPAWN_FAILED', message, { [kind]: name });
}
