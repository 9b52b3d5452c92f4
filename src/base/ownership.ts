import { localNameOf, nameOfUid, ownUid } from './own-user.ts';
import { codeOf } from './thrown.ts';
import { findOtherWriter, type WritablePlace } from './other-writers.ts';

/** Why a file or folder must not be used: others could change it, and with it what healer does. */
export interface OwnershipProblem {
  /** The file or folder that is not safe, which may be above the one that was examined. */
  readonly place: string;
  /** E.g. `user 1000`, `any user` or `group 50`. */
  readonly who: string;
  /** Follows the name of what is examined, e.g. `cannot be used: "/tmp/h" (owner other, mode 0755) belongs to another user`. */
  readonly message: string;
  /** A command that makes it safe, and alternatives. */
  readonly hint: string;
}

const PERMISSIONS = 0o7777;

/**
 * Returns why a file or folder is not safe to use, in the way in which sshd examines its files: it and every folder above it
 * must belong to root or to the user of this process, and no other user may be able to write to them. A sticky folder such as
 * /tmp is allowed above it. Returns null if it is safe or does not exist.
 */
export function ownershipProblem(path: string): OwnershipProblem | null {
  try {
    const found = findOtherWriter(path);
    return found === null ? null : describe(found, path);
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    // Reading it, which follows, reports what is wrong.
    if (code === 'EACCES' || code === 'ELOOP') return null;
    throw error;
  }
}

function describe({ place, stats, isLast, who }: WritablePlace, path: string): OwnershipProblem {
  const { uid, mode } = stats;
  const facts = `(owner ${nameOfUid(uid)}, mode ${(mode & PERMISSIONS).toString(8).padStart(4, '0')})`;
  const isOwn = uid === 0 || uid === ownUid();
  const message = isOwn
    ? `"${place}" ${facts} can be changed by ${who.replace(/,.*$/s, '')}`
    : `"${place}" ${facts} belongs to another user`;
  return {
    place,
    who: who.replace(/,.*$/s, ''),
    message,
    hint: isOwn ? modeHint(place, who) : ownerHint(place, uid, path, isLast, stats.isDirectory()),
  };
}

function modeHint(place: string, who: string): string {
  const list = who.startsWith('users that its access list') ? ', or remove its access list' : '';
  return `run "chmod go-w ${quote(place)}"${list}`;
}

function ownerHint(place: string, uid: number, path: string, isLast: boolean, isFolder: boolean): string {
  const own = localNameOf(ownUid()) ?? String(ownUid());
  const other = localNameOf(uid) ?? `#${String(uid)}`;
  const change = `run "chown ${isLast && isFolder ? '-R ' : ''}${own} ${quote(place)}"`;
  const asOther = ownUid() === 0 ? `run healer as that user with "sudo -u ${other}"` : 'ask that user';
  // To take a folder above from its owner, such as a home folder, is rarely right.
  return isLast
    ? `${change}, or ${asOther}`
    : `move "${path}" to a folder that belongs to ${own}, ${change}, or ${asOther}`;
}

/** Returns a path as a word of a shell. */
function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
