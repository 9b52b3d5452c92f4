import { existsSync, readFileSync, statSync } from 'node:fs';
import { listPids, readProcStat } from '../../base/proc-stat.ts';
import {
  isLiveBus,
  isLiveWaylandDisplay,
  isLiveXDisplay,
  type ListeningSockets,
  mayHaveDisplay,
  readListeningSockets,
} from './desktop-sockets.ts';
import { MARK_VARIABLE } from './run-mark.ts';

/** What a program needs to reach a desktop (SPEC section 3, `session`). */
export const SESSION_VARIABLES = [
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
] as const;

export type SessionVariable = (typeof SESSION_VARIABLES)[number];
export type DesktopSession = Readonly<Partial<Record<SessionVariable, string>>>;

/** Programs that are there once a session and outlive what runs in it: their word counts more. */
const SESSION_PROGRAMS =
  /^(gnome-s(hell|ession)|plasmashell|plasma_session|kwin_|ksmserver|xfce4-session|xfwm4|cinnamon|mate-session|marco|lxsession|lxqt-session|openbox|i3$|sway$|Hyprland|weston|mutter|budgie|enlightenment|awesome|bspwm|dwm$|fluxbox|icewm|Xsession)/;

interface Witness {
  readonly session: DesktopSession;
  readonly score: number;
  readonly startTicks: number;
}

/**
 * The desktop session of a user, read from the environment of the processes that run in it; null when there is none
 * that can be reached. Never asks processes of another user, and none that healer gave its environment itself.
 */
export function findDesktopSession(uid: number): DesktopSession | null {
  const runtimeFolder = `/run/user/${String(uid)}`;
  if (!mayHaveDisplay(runtimeFolder)) return null;
  const sockets = readListeningSockets();
  const witnesses = listPids().flatMap((pid) => readWitness(pid, uid, runtimeFolder, sockets));
  const best = witnesses.sort((a, b) => b.score - a.score || a.startTicks - b.startTicks)[0];
  return best?.session ?? null;
}

/** Whether its display can be reached still. */
export function isLiveSession(session: DesktopSession, uid: number): boolean {
  return hasDisplay(reachable(session, `/run/user/${String(uid)}`, readListeningSockets()));
}

/** Whether a display is named that may be there: one of another machine, as SSH forwards it, cannot be looked at. */
export function namesUsableDisplay(env: Readonly<Record<string, string | undefined>>): boolean {
  const { DISPLAY = '', WAYLAND_DISPLAY = '', XDG_RUNTIME_DIR = '' } = env;
  if (DISPLAY === '' && WAYLAND_DISPLAY === '') return false;
  const sockets = readListeningSockets();
  const isRemote = DISPLAY !== '' && !/^(?:unix)?:/.test(DISPLAY);
  const isWayland = WAYLAND_DISPLAY !== '' && isLiveWaylandDisplay(WAYLAND_DISPLAY, XDG_RUNTIME_DIR, sockets);
  return isRemote || isWayland || isLiveXDisplay(DISPLAY, sockets);
}

function readWitness(pid: number, uid: number, runtimeFolder: string, sockets: ListeningSockets): Witness[] {
  const env = readOwnedEnvironment(pid, uid);
  if (env === null || env.has(MARK_VARIABLE)) return [];
  const session = reachable(Object.fromEntries(env), runtimeFolder, sockets);
  const stat = hasDisplay(session) ? readProcStat(pid) : null;
  if (stat === null) return [];
  const isSessionProgram = SESSION_PROGRAMS.test(stat.name);
  const score = Object.keys(session).length + (isSessionProgram ? 10 : 0);
  return [{ session, score, startTicks: stat.startTicks }];
}

/** Null when the process is somebody else's, or hidden. */
function readOwnedEnvironment(pid: number, uid: number): ReadonlyMap<string, string> | null {
  try {
    const folder = `/proc/${String(pid)}`;
    // The owner of the folder is the user of the process, or root for one that hides itself.
    if (statSync(folder).uid !== uid) return null;
    const pairs = readFileSync(`${folder}/environ`, 'utf8').split('\0');
    return new Map(pairs.map((pair) => splitPair(pair)));
  } catch {
    return null;
  }
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** What of an environment leads somewhere, with what every session has in its usual place. */
function reachable(
  env: Readonly<Record<string, string>>,
  usualRuntimeFolder: string,
  sockets: ListeningSockets,
): DesktopSession {
  const { DISPLAY = '', WAYLAND_DISPLAY = '', XAUTHORITY = '' } = env;
  const runtime = env['XDG_RUNTIME_DIR'] ?? (existsSync(usualRuntimeFolder) ? usualRuntimeFolder : '');
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
