import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What the machine knows of a user. */
export interface UserEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** By name or number, wherever users are kept (files, LDAP, systemd); null when there is none. */
export function findUser(user: string | number): UserEntry | null {
  const [name, , uid, gid, , home, shell] = findEntry('passwd', user) ?? [];
  if (name === undefined || home === undefined) return null;
  return {
    name,
    uid: Number(uid),
    gid: Number(gid),
    home,
    shell: shell === undefined || shell === '' ? '/bin/sh' : shell,
  };
}

/** The number of a group; null when there is none of that name. */
export function findGroupId(group: string): number | null {
  const [name, , gid] = findEntry('group', group) ?? [];
  return name === undefined ? null : Number(gid);
}

/** `getent` asks what the C library asks, all of nsswitch.conf; where it is missing there are only the files. */
function findEntry(database: 'passwd' | 'group', key: string | number): string[] | null {
  const lines = askGetent(database, String(key)) ?? readLines(`/etc/${database}`);
  const entries = lines.map((line) => line.split(':'));
  return entries.find(([name, , id]) => name === String(key) || Number(id) === key) ?? null;
}

/** Null when there is no such tool; no lines when there is no such entry. */
function askGetent(database: string, key: string): string[] | null {
  try {
    return execFileSync('getent', [database, key], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split(
      '\n',
    );
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : [];
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
