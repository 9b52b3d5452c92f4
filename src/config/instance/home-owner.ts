import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '../../base/environment.ts';
import { nameOfUid, ownUid } from '../../base/own-user.ts';
import { HealerError } from '../../protocol/errors.ts';
import { homeOf, type Paths } from './paths.ts';

/**
 * Refuses to work as root in the home of another user, as after `su` or `sudo` without `-H`: files that root creates there
 * could not be changed by the user any more, and the user's own engine would not be found.
 * @throws HealerError FORBIDDEN, which names the user and the command to use
 */
export function refuseRootInHome(env: Environment, { configDir, stateDir }: Paths): void {
  if (ownUid() !== 0) return;
  const isExplicit = (env['HEALER_HOME'] ?? '') !== '';
  for (const folder of [configDir, stateDir]) {
    const place = nearestExisting(folder);
    const uid = place === null ? 0 : statSync(place).uid;
    if (uid === 0 || place === null) continue;
    // A folder of another user outside of a home, such as a volume of a container, may be meant for root.
    if (isExplicit ? isInHomeOf(uid, folder) : folder.startsWith(`${homeOf(env)}/`))
      throw refusal(place, uid, isExplicit);
  }
}

function refusal(place: string, uid: number, isExplicit: boolean): HealerError {
  const name = nameOfUid(uid);
  const user = name.replace('uid ', '#');
  const own = isExplicit ? 'unset HEALER_HOME' : 'set HOME to /root';
  return new HealerError(
    'FORBIDDEN',
    `"${place}" belongs to ${name}, but you are root: files created there could not be used by ${name} — run "sudo -u ${user} healer …", or ${own} for an engine of root`,
    { path: place, uid },
  );
}

function nearestExisting(path: string): string | null {
  for (let place = path; ; place = dirname(place)) {
    if (existsSync(place)) return place;
    if (place === dirname(place)) return null;
  }
}

function isInHomeOf(uid: number, folder: string): boolean {
  const home = passwdHomeOf(uid);
  return home !== null && home !== '/' && join(folder, '/').startsWith(join(home, '/'));
}

function passwdHomeOf(uid: number): string | null {
  try {
    const entries = readFileSync('/etc/passwd', 'utf8').split('\n');
    return entries.map((line) => line.split(':')).find(([, , id]) => id === String(uid))?.[5] ?? null;
  } catch {
    return null;
  }
}
