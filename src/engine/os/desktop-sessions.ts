import { type DesktopSession, findDesktopSession, isLiveSession } from './desktop-session.ts';

/** How long what was found, or not found, is taken for true: starts that follow each other ask nothing. */
const TRUSTED_MS = 10_000;

interface Known {
  readonly session: DesktopSession | null;
  readonly lookedAt: number;
}

export interface DesktopSessions {
  /** The same object for as long as it is the same session. `isNeeded` looks again where none was known. */
  readonly find: (uid: number, isNeeded: boolean) => DesktopSession | null;
}

/** Remembers where the desktops are, since a respawn must not read all of /proc. */
export function createDesktopSessions(now: () => number): DesktopSessions {
  const known = new Map<number, Known>();
  return {
    find(uid, isNeeded) {
      const before = known.get(uid);
      const isFresh = before !== undefined && now() - before.lookedAt < TRUSTED_MS;
      if (isFresh && !(isNeeded && before.session === null)) return before.session;
      const remembered = before?.session ?? null;
      const session = remembered !== null && isLiveSession(remembered, uid) ? remembered : findDesktopSession(uid);
      known.set(uid, { session, lookedAt: now() });
      return session;
    },
  };
}
