import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** Returns the user id of this process. */
export function ownUid(): number {
  return process.geteuid?.() ?? 0;
}

/**
 * Returns the name of this process's user, or "uid 12345" for a user without an entry in the user database, as containers
 * often have. `os.userInfo` throws for such a user.
 */
export function ownUserName(): string {
  return ownEntry()?.username ?? nameOfUid(ownUid());
}

/** Returns the home folder of this process's user in the user database; null without an entry. */
export function ownHome(): string | null {
  return ownEntry()?.homedir ?? null;
}

/** Returns the name of a user, as far as /etc/passwd knows it; otherwise "uid 12345". */
export function nameOfUid(uid: number): string {
  return localNameOf(uid) ?? `uid ${String(uid)}`;
}

/** Returns the name of a user in /etc/passwd, or null. */
export function localNameOf(uid: number): string | null {
  try {
    const entries = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
    return entries.find(([, , id]) => id === String(uid))?.[0] ?? null;
  } catch {
    return null;
  }
}

function ownEntry(): { readonly username: string; readonly homedir: string } | null {
  try {
    return userInfo();
  } catch {
    return null;
  }
}
