import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** An entry of the user database. */
export interface UserEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** Finds a user by name or uid in any database (files, LDAP, systemd). Returns null for an unknown user. */
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

/** Returns the id of a group, or null for an unknown name. */
export function findGroupId(group: string): number | null {
  const [name, , gid] = findEntry('group', group) ?? [];
  return name === undefined ? null : Number(gid);
}

/** Uses `getent`, which queries all databases of nsswitch.conf. Without it, only the files are read. */
function findEntry(database: 'passwd' | 'group', key: string | number): string[] | null {
  const lines = runGetent(database, String(key)) ?? readLines(`/etc/${database}`);
  const entries = lines.map((line) => line.split(':'));
  return entries.find(([name, , id]) => name === String(key) || Number(id) === key) ?? null;
}

/** Returns null if the tool is missing, and no lines if there is no such entry. */
function runGetent(database: string, key: string): string[] | null {
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
