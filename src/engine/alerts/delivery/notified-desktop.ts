import { existsSync } from 'node:fs';
import type { Environment } from '../../../base/environment.ts';
import { ownUid } from '../../../base/own-user.ts';
import type { DeliveryFailure } from '../../../protocol/alert-delivery.ts';
import { findDesktopSession } from '../../os/desktop-session.ts';
import { findUser } from '../../os/user-database.ts';

/** How a program is started so that it reaches a desktop. */
export interface NotifiedDesktop {
  readonly env: Readonly<Record<string, string>>;
  readonly extendEnv?: boolean;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** Returns the desktop of this process, or one that was found; without either, what to do. */
export function ownDesktop(found: Readonly<Record<string, string>>): NotifiedDesktop | DeliveryFailure {
  const session = sessionVariables({ ...process.env, ...found });
  if (session !== null) return { env: { ...found, ...session } };
  const forRoot = ownUid() === 0 ? ', set desktop_user to a user who is logged in to one,' : ',';
  return noSession(
    `no desktop session was found, so the notification was not shown (log in to a desktop${forRoot} or set desktop = false)`,
  );
}

/**
 * Returns the desktop of a user, given as a name or uid. Only root can show anything there: as that user, with an environment that
 * contains nothing of root's.
 */
export function desktopOf(user: string): NotifiedDesktop | DeliveryFailure {
  const entry = findUser(/^\d+$/.test(user) ? Number(user) : user);
  if (entry === null) return noSession(`desktop_user: there is no user "${user}" (check the name)`);
  const { name, uid, gid, home } = entry;
  if (uid === ownUid()) return ownDesktop(findDesktopSession(uid) ?? {});
  if (ownUid() !== 0) {
    return noSession(
      `only an engine of root can show notifications to another user, so none was shown to ${name} (remove desktop_user, or run the engine as root)`,
    );
  }
  const session = { ...findDesktopSession(uid) };
  const bus = sessionVariables(session, uid);
  if (bus === null) {
    return noSession(
      `${name} has no desktop session, so the notification was not shown (log in as ${name}, or change desktop_user)`,
    );
  }
  const { PATH = '/usr/local/bin:/usr/bin:/bin', LANG = 'C.UTF-8' } = process.env;
  const env = { PATH, LANG, HOME: home, USER: name, LOGNAME: name, ...session, ...bus };
  return { env, extendEnv: false, cwd: '/', uid, gid };
}

function noSession(message: string): DeliveryFailure {
  return { cause: 'no-session', scope: 'channel', message };
}

/** Returns the variables that locate the session bus and are not set, or null without a session. */
function sessionVariables(env: Environment, uid = ownUid()): Record<string, string> | null {
  if ((env['DBUS_SESSION_BUS_ADDRESS'] ?? '') !== '') return {};
  const socket = `/run/user/${String(uid)}/bus`;
  if (existsSync(socket)) return { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` };
  return (env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? '') === '' ? null : {};
}
