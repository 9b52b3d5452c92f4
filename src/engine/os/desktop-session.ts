import { existsSync, readFileSync, statSync } from 'node:fs';
import { type Environment, splitPair } from '../../base/environment.ts';
import { listPids, readProcStat } from '../../base/proc-stat.ts';
import {
  isLiveBus,
  isLiveWaylandDisplay,
  isLiveXDisplay,
  type ListeningSockets,
  mayHaveDisplay,
  readListeningSockets,
} from './desktop-sockets.ts';
import { isWhollyOf } from './process-user.ts';
import { MARK_VARIABLE } from '../../config/instance/instance-name.ts';

/** The variables through which a program reaches a desktop. */
export const SESSION_VARIABLES = [
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
] as const;

/** The name of a session variable. */
export type SessionVariable = (typeof SESSION_VARIABLES)[number];
/** The session variables of a reachable session. */
export type DesktopSession = Readonly<Partial<Record<SessionVariable, string>>>;

/** Programs that run once per session and as long as the session, so their environment is more reliable. */
const SESSION_PROGRAMS =
  /^(gnome-s(hell|ession)|plasmashell|plasma_session|kwin_|ksmserver|xfce4-session|xfwm4|cinnamon|mate-session|marco|lxsession|lxqt-session|openbox|i3$|sway$|Hyprland|weston|mutter|budgie|enlightenment|awesome|bspwm|dwm$|fluxbox|icewm|Xsession)/;

interface Candidate {
  readonly session: DesktopSession;
  readonly score: number;
  readonly startTicks: number;
}

/**
 * Returns the desktop session of a user from the environments of its processes, or null if no session is reachable.
 * Processes of other users and processes started by healer are ignored.
 */
export function findDesktopSession(uid: number): DesktopSession | null {
  const runtimeFolder = `/run/user/${String(uid)}`;
  if (!mayHaveDisplay(runtimeFolder)) return null;
  const sockets = readListeningSockets();
  const candidates = listPids().flatMap((pid) => readCandidate(pid, uid, runtimeFolder, sockets));
  const best = candidates.sort((a, b) => b.score - a.score || a.startTicks - b.startTicks)[0];
  return best?.session ?? null;
}

/** Returns whether the display of a session is still reachable. */
export function isLiveSession(session: DesktopSession, uid: number): boolean {
  return hasDisplay(reachable(session, `/run/user/${String(uid)}`, readListeningSockets()));
}

/** Returns whether an environment names a usable display. A display on another machine, such as one forwarded by SSH, cannot be checked and counts as usable. */
export function namesUsableDisplay(env: Environment): boolean {
  const { DISPLAY = '', WAYLAND_DISPLAY = '', XDG_RUNTIME_DIR = '' } = env;
  if (DISPLAY === '' && WAYLAND_DISPLAY === '') return false;
  const sockets = readListeningSockets();
  const isRemote = DISPLAY !== '' && !/^(?:unix)?:/.test(DISPLAY);
  const isWayland = WAYLAND_DISPLAY !== '' && isLiveWaylandDisplay(WAYLAND_DISPLAY, XDG_RUNTIME_DIR, sockets);
  return isRemote || isWayland || isLiveXDisplay(DISPLAY, sockets);
}

function readCandidate(pid: number, uid: number, runtimeFolder: string, sockets: ListeningSockets): Candidate[] {
  const env = readOwnedEnvironment(pid, uid);
  if (env === null || env.has(MARK_VARIABLE)) return [];
  const session = reachable(Object.fromEntries(env), runtimeFolder, sockets);
  const stat = hasDisplay(session) ? readProcStat(pid) : null;
  if (stat === null) return [];
  const isSessionProgram = SESSION_PROGRAMS.test(stat.name);
  const score = Object.keys(session).length + (isSessionProgram ? 10 : 0);
  return [{ session, score, startTicks: stat.startTicks }];
}

/** Returns null for processes of other users and processes that cannot be read. */
function readOwnedEnvironment(pid: number, uid: number): ReadonlyMap<string, string> | null {
  try {
    const folder = `/proc/${String(pid)}`;
    // Cheap, and rules out most processes. Those that are not dumpable belong to root here. The environment of a
    // set-user-id program comes from the user who started it, who could direct programs of root to a display of their own.
    if (statSync(folder).uid !== uid || !isWhollyOf(uid, pid)) return null;
    const pairs = readFileSync(`${folder}/environ`, 'utf8').split('\0');
    return new Map(pairs.map((pair) => splitPair(pair)));
  } catch {
    return null;
  }
}

/** Returns the variables whose targets exist, with the default locations of the runtime folder and the bus. */
function reachable(
  env: Readonly<Record<string, string>>,
  defaultRuntimeFolder: string,
  sockets: ListeningSockets,
): DesktopSession {
  const { DISPLAY = '', WAYLAND_DISPLAY = '', XAUTHORITY = '' } = env;
  const runtime = env['XDG_RUNTIME_DIR'] ?? (existsSync(defaultRuntimeFolder) ? defaultRuntimeFolder : '');
  const bus = env['DBUS_SESSION_BUS_ADDRESS'] ?? `unix:path=${runtime}/bus`;
  const session: Partial<Record<SessionVariable, string>> = {};
  if (isLiveXDisplay(DISPLAY, sockets)) session.DISPLAY = DISPLAY;
  if (WAYLAND_DISPLAY !== '' && isLiveWaylandDisplay(WAYLAND_DISPLAY, runtime, sockets)) {
    session.WAYLAND_DISPLAY = WAYLAND_DISPLAY;
  }
  if (XAUTHORITY !== '' && existsSync(XAUTHORITY)) session.XAUTHORITY = XAUTHORITY;
  if (runtime !== '' && existsSync(runtime)) session.XDG_RUNTIME_DIR = runtime;
  if (isLiveBus(bus, sockets)) session.DBUS_SESSION_BUS_ADDRESS = bus;
  return session;
}

function hasDisplay(session: DesktopSession): boolean {
  return session.DISPLAY !== undefined || session.WAYLAND_DISPLAY !== undefined;
}
