import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { nameOfUid, ownUid, ownUserName } from './own-user.ts';

/**
 * Explains why this process may not read or write a path: names the file or folder in the way, its owner and mode, and the
 * command that gives it back, if it lies in a folder of the user. Returns null if nothing in the way belongs to another user.
 */
export function explainAccess(path: string): string | null {
  const place = placeInTheWay(path);
  if (place === null) return null;
  const { uid, mode } = statSync(place);
  const octal = (mode & 0o7777).toString(8).padStart(4, '0');
  const facts = `"${place}" belongs to ${nameOfUid(uid)} (mode ${octal})`;
  if (uid === ownUid()) return `${facts} and lacks permissions — "chmod u+rwX ${place}" grants them`;
  const denied = `${facts}, not to ${ownUserName()}`;
  // Only within the user's own folders: the root folder and /etc are not the user's to take.
  const isInOwnFolder = statSync(dirname(place)).uid === ownUid();
  return isInOwnFolder ? `${denied} — give it back with "sudo chown -R ${String(ownUid())} ${place}"` : denied;
}

/** Returns the nearest existing file or folder that this process may not use, or null if it may use all of them. */
function placeInTheWay(path: string): string | null {
  for (let place = path; ; place = dirname(place)) {
    const isReachable = canUse(place, constants.F_OK);
    // A parent that cannot be searched makes its children look as if they did not exist.
    if (isReachable) return canUse(place, constants.R_OK | constants.W_OK) ? null : place;
    if (place === dirname(place)) return null;
    const parent = dirname(place);
    if (canUse(parent, constants.F_OK) && !canUse(parent, constants.X_OK)) return parent;
  }
}

function canUse(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
