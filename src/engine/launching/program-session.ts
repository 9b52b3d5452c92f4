import { ownUserName } from '../../base/own-user.ts';
import type { Environment } from '../../base/environment.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Credentials } from '../os/credentials.ts';
import {
  type DesktopSession,
  namesUsableDisplay,
  SESSION_VARIABLES,
  type SessionVariable,
} from '../os/desktop-session.ts';

/** Finds the desktop session of a user. Returns null if there is none. */
export type FindSession = (uid: number, isNeeded: boolean) => DesktopSession | null;

/** Where the variables of a desktop session come from. */
export interface SessionSources {
  /** The environment of the engine. */
  readonly env: Environment;
  readonly findSession: FindSession;
  /** Returns whether an environment names a display that accepts connections; without it, any named display counts. */
  readonly reachesDisplay?: ReachesDisplay;
}

/** Returns whether an environment names a display that accepts connections. With `isNeeded`, a previous result is not reused. */
export type ReachesDisplay = (env: Environment, isNeeded: boolean) => boolean;

/** The variables of a desktop session that a program gains and loses. */
export interface ProgramSession {
  /** Variables to add to the program's environment; null adds none. */
  readonly found: DesktopSession | null;
  /** Variables of the engine's environment that the program does not inherit. */
  readonly dropped: readonly SessionVariable[];
}

/**
 * Decides which variables of a desktop session a program receives. A display set in its own `env` is never changed.
 * @throws HealerError SPAWN_FAILED if the program requires a session and there is none
 */
export function sessionOf(
  spec: ProcessSpec,
  credentials: Credentials | null,
  { env, findSession, reachesDisplay = hasDisplay }: SessionSources,
): ProgramSession {
  const uid = credentials?.uid ?? null;
  const isOtherUser = uid !== null && uid !== process.geteuid?.();
  const dropped = spec.session === 'none' || isOtherUser ? SESSION_VARIABLES : [];
  const isNeeded = spec.session === 'gui';
  const isWanted = isNeeded || (spec.session === 'auto' && spec.inheritEnv);
  if (!isWanted || hasDisplay(spec.env)) return { found: null, dropped };
  const mayInherit = spec.inheritEnv && dropped.length === 0 && hasDisplay(env);
  if (mayInherit && (isNeeded ? namesUsableDisplay(env) : reachesDisplay(env, false))) return { found: null, dropped };
  const found = findSession(uid ?? process.geteuid?.() ?? 0, isNeeded);
  if (found === null && isNeeded) throw noSession(credentials);
  return { found, dropped: found === null ? dropped : SESSION_VARIABLES };
}

function hasDisplay(env: Environment): boolean {
  return (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
}

/** Describes the missing session of a user, for "waiting for a display: …". */
export function describeNoSession(credentials: Credentials | null): string {
  return `no X or Wayland session of user ${userName(credentials)}`;
}

/** Looked up once: every exit of a program needs it. */
let ownName: string | undefined;

function userName(credentials: Credentials | null): string {
  const uid = credentials?.uid ?? null;
  if (credentials !== null && uid !== null) return credentials.entry?.name ?? String(uid);
  ownName ??= ownUserName();
  return ownName;
}

/** The engine waits for a display instead of reporting this error, see `missingDisplay`. */
function noSession(credentials: Credentials | null): HealerError {
  const reason = describeNoSession(credentials);
  const message = `${reason}: start one by logging in, or set DISPLAY or WAYLAND_DISPLAY in the program's env`;
  return new HealerError('SPAWN_FAILED', message, { session: 'gui', missingDisplay: reason });
}
