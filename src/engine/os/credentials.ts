import { HealerError } from '../../protocol/errors.ts';
import { findGroupId, findUser, type UserEntry } from './user-database.ts';

/** The user and group that a program runs as. */
export interface Credentials {
  /** Null keeps the user of the engine. */
  readonly uid: number | null;
  readonly gid: number;
  /** The entry of the user, for environment variables and supplementary groups; null for a uid without an entry. */
  readonly entry: UserEntry | null;
}

/**
 * Looks up the `user` and `group` of a program. Returns null if it runs with the credentials of the engine.
 * @throws HealerError SPAWN_FAILED for an unknown user or group
 */
export function resolveCredentials(user: string | number | null, group: string | number | null): Credentials | null {
  if (user === null && group === null) return null;
  const gid = group === null ? null : gidOf(group);
  if (user === null) return gid === null ? null : { uid: null, gid, entry: null };
  const entry = findUser(asNumber('user', user));
  const uid = entry?.uid ?? asNumber('user', user);
  if (typeof uid === 'string') throw unknown('user', uid);
  const primary = gid ?? entry?.gid;
  if (primary === undefined) {
    throw new HealerError(
      'SPAWN_FAILED',
      `cannot start as user ${String(uid)}: the user is unknown, and so is its group; set "group" too`,
      { user: uid },
    );
  }
  return { uid, gid: primary, entry };
}

function gidOf(group: string | number): number {
  const wanted = asNumber('group', group);
  const gid = typeof wanted === 'number' ? wanted : findGroupId(wanted);
  if (gid === null) throw unknown('group', String(group));
  return gid;
}

/** The highest id: the next number means "unchanged" to the kernel, so that the program would keep the rights of root. */
const HIGHEST_ID = 2 ** 32 - 2;

/** A quoted number such as "1000" is an id, as it is for chown(1). @throws HealerError SPAWN_FAILED for an impossible id */
function asNumber(kind: 'user' | 'group', name: string | number): string | number {
  const id = typeof name === 'string' && /^\d+$/.test(name) ? Number(name) : name;
  if (typeof id === 'string' || id <= HIGHEST_ID) return id;
  const message = `cannot start as ${kind} ${String(name)}: the highest id is ${String(HIGHEST_ID)}`;
  throw new HealerError('SPAWN_FAILED', message, { [kind]: name });
}

function unknown(kind: 'user' | 'group', name: string): HealerError {
  const database = kind === 'user' ? 'passwd' : 'group';
  const message = `cannot start as ${kind} "${name}": unknown ${kind}; "getent ${database}" lists all`;
  return new HealerError('SPAWN_FAILED', message, { [kind]: name });
}
