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
  { env, findSession }: { readonly env: Environment; readonly findSession: FindSession },
): ProgramSession {
  const uid = credentials?.uid ?? null;
  const isOtherUser = uid !== null && uid !== process.geteuid?.();
  const dropped = spec.session === 'none' || isOtherUser ? SESSION_VARIABLES : [];
  const isUsable = spec.session === 'gui' ? namesUsableDisplay : hasDisplay;
  const inherits = spec.inheritEnv && dropped.length === 0 && isUsable(env);
  const isWanted = spec.session === 'gui' || (spec.session === 'auto' && spec.inheritEnv);
  if (!isWanted || inherits || hasDisplay(spec.env)) return { found: null, dropped };
  const isNeeded = spec.session === 'gui';
  const found = findSession(uid ?? process.geteuid?.() ?? 0, isNeeded);
  if (found === null && isNeeded) throw noSession(uid);
  return { found, dropped: found === null ? dropped : SESSION_VARIABLES };
}

function hasDisplay(env: Environment): boolean {
  return (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
}

function noSession(uid: number | null): HealerError {
  const owner = uid === null ? "this engine's user" : `user ${String(uid)}`;
  return new HealerError(
    'SPAWN_FAILED',
    `cannot find a desktop session of ${owner}: start one by logging in, or set DISPLAY or WAYLAND_DISPLAY in the program's env`,
    { session: 'gui', uid },
  );
}
