import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { listedWriters } from './access-list.ts';

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;
/** The kernel follows no more links in one path (https://man7.org/linux/man-pages/man7/path_resolution.7.html). */
const MAX_LINKS = 40;

/**
 * Returns who could replace what a path leads to, apart from root and the user of this process; null if only they could.
 * Looks at every folder and every symbolic link that the kernel passes on the way. A sticky folder such as /tmp is allowed
 * on the way, because other users cannot replace files in it.
 * @throws the error of the system call that failed, e.g. if the path does not exist
 */
export function whoCanReplace(path: string): string | null {
  return findOtherWriter(path)?.who ?? null;
}

/** A file, folder or link that others can write to, on the way to a path or at its end. */
export interface WritablePlace {
  readonly place: string;
  readonly stats: Stats;
  /** Whether nothing follows in the path. */
  readonly isLast: boolean;
  readonly who: string;
}

/**
 * Returns the first place on the way to a path that others can write to; see `whoCanReplace`.
 * @throws the error of the system call that failed, e.g. if the path does not exist
 */
export function findOtherWriter(path: string): WritablePlace | null {
  for (const { place, isLast, stats } of stepsOf(path)) {
    const who = otherWriter(place, stats, { mayBeSticky: !isLast && stats.isDirectory() });
    if (who !== null) return { place, stats, isLast, who };
  }
  return null;
}

/**
 * Returns who can write to a file or folder itself, apart from root and the user of this process; null if only they can.
 * Its owner counts, since an owner can change the mode. Access lists (ACLs) are taken into account.
 * @param stats what `lstat` returns for the path
 * @param options.mayBeSticky accepts a sticky folder, in which other users cannot replace files
 */
export function otherWriter(
  path: string,
  stats: Pick<Stats, 'uid' | 'gid' | 'mode'> & { isSymbolicLink(): boolean },
  { mayBeSticky = false }: { readonly mayBeSticky?: boolean } = {},
): string | null {
  const { uid, gid, mode } = stats;
  if (!isOwnUid(uid)) return `user ${String(uid)}, who owns "${path}"`;
  // The mode of a link means nothing; only its owner and its folder matter.
  if (stats.isSymbolicLink() || (mayBeSticky && (mode & STICKY) !== 0)) return null;
  if ((mode & OTHERS_WRITE) !== 0) return `any user, because everyone can write to "${path}"`;
  // With an access list, these bits are its mask: without them, no entry of the list allows writing.
  return (mode & GROUP_WRITES) === 0 ? null : groupWriter(path, gid);
}

/**
 * Returns the absolute path of every folder, link and file that the kernel passes when it opens a path, in order.
 * @throws the error of the system call that failed, e.g. if the path does not exist
 */
export function placesOnTheWay(path: string): readonly string[] {
  return stepsOf(path).map(({ place }) => place);
}

/** Returns every folder, link and file that the kernel passes when it opens a path, starting at the root folder. */
function stepsOf(path: string): readonly Step[] {
  const steps: Step[] = [];
  let here = '/';
  let links = 0;
  const rest = path.split('/');
  const pass = (place: string): Stats => {
    const stats = lstatSync(place);
    steps.push({ place, stats, isLast: rest.every((name) => name === '' || name === '.') });
    return stats;
  };
  pass(here);
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '' || name === '.') continue;
    const next = name === '..' ? dirname(here) : join(here, name);
    if (!pass(next).isSymbolicLink()) {
      here = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS)
      throw Object.assign(new Error(`ELOOP: too many symbolic links, "${path}"`), { code: 'ELOOP' });
    const target = readlinkSync(next);
    rest.unshift(...target.split('/'));
    if (target.startsWith('/')) here = '/';
  }
  return steps;
}

interface Step {
  readonly place: string;
  readonly stats: Stats;
  /** Whether nothing follows: the file itself, or a link that leads to it. */
  readonly isLast: boolean;
}

function groupWriter(path: string, gid: number): string | null {
  const listed = listedWriters(path);
  if (listed === 'unknown') return `users that its access list may name, because "${path}" is writable by its group`;
  const writers = listed ?? [{ kind: 'owning group' as const, id: gid }];
  for (const { kind, id } of writers) {
    const group = kind === 'owning group' ? gid : id;
    if (kind === 'user' ? !isOwnUid(id) : !isOwnGroup(group)) {
      return `${kind === 'user' ? 'user' : 'group'} ${String(kind === 'user' ? id : group)}, which can write to "${path}"`;
    }
  }
  return null;
}

function isOwnUid(uid: number): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

/**
 * Returns whether a group is the primary group of root or of the own user and has no other members, as many systems set
 * it up for each user. An empty group does not suffice: programs may run with it by other means.
 */
function isOwnGroup(gid: number): boolean {
  const users = fieldsOf('/etc/passwd').map(([name = '', , uid, primary]) => ({
    name,
    isOwn: isOwnUid(Number(uid)),
    isIn: Number(primary) === gid,
  }));
  if (gid !== 0 && !users.some(({ isOwn, isIn }) => isOwn && isIn)) return false;
  const [, , , names = ''] = fieldsOf('/etc/group').find(([, , id]) => Number(id) === gid) ?? [];
  const members = names.split(',').filter((name) => name !== '');
  const own = new Set(users.filter(({ isOwn }) => isOwn).map(({ name }) => name));
  return users.every(({ isOwn, isIn }) => isOwn || !isIn) && members.every((name) => own.has(name));
}

function fieldsOf(database: string): string[][] {
  try {
    const lines = readFileSync(database, 'utf8').split('\n');
    return lines.filter((line) => line.includes(':')).map((line) => line.split(':'));
  } catch {
    return [];
  }
}
