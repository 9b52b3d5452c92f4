import type { Environment } from '../../base/environment.ts';
import { type DesktopSession, findDesktopSession, isLiveSession, namesUsableDisplay } from './desktop-session.ts';

/** How long a result is reused without checking it. */
const FRESH_MS = 10_000;

interface Known {
  readonly session: DesktopSession | null;
  readonly checkedAt: number;
}

/** Finds desktop sessions and remembers them. */
export interface DesktopSessionCache {
  /** Returns the same object as long as it is the same session. With `isNeeded`, a previous failure is not reused. */
  readonly find: (uid: number, isNeeded: boolean) => DesktopSession | null;
  /** Returns whether an environment names a usable display. With `isNeeded`, a previous result is not reused. */
  readonly reaches: (env: Environment, isNeeded: boolean) => boolean;
}

/** Caches desktop sessions, because a respawn must not read all of /proc. */
export function createDesktopSessionCache(now: () => number): DesktopSessionCache {
  const known = new Map<number, Known>();
  let reached: { readonly env: Environment; readonly result: boolean; readonly checkedAt: number } | null = null;
  return {
    reaches(env, isNeeded) {
      const isFresh = reached?.env === env && now() - reached.checkedAt < FRESH_MS;
      if (reached !== null && isFresh && !isNeeded) return reached.result;
      reached = { env, result: namesUsableDisplay(env), checkedAt: now() };
      return reached.result;
    },
    find(uid, isNeeded) {
      const previous = known.get(uid);
      const isFresh = previous !== undefined && now() - previous.checkedAt < FRESH_MS;
      if (isFresh && !(isNeeded && previous.session === null)) return previous.session;
      const remembered = previous?.session ?? null;
      const session = remembered !== null && isLiveSession(remembered, uid) ? remembered : findDesktopSession(uid);
      known.set(uid, { session, checkedAt: now() });
      return session;
    },
  };
}
