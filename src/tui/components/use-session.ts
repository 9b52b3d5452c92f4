import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Pens } from '../style/scene.ts';
import type { Background } from '../style/theme.ts';
import type { State } from '../state/state.ts';
import type { Store } from '../store/store.ts';

/** What all components draw, and what they draw it with. */
export interface Session {
  readonly store: Store;
  readonly pensOn: (background: Background) => Pens;
}

/** Provides the session to all components. */
export const SessionContext = createContext<Session | null>(null);

function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('component rendered outside of a SessionContext');
  return session;
}

/** Returns the pens for the background of the terminal. */
export function usePens(): Pens {
  const { pensOn } = useSession();
  return pensOn(useSelector((state) => state.background));
}

/** Rerenders only when the selected value changes, so select values that keep their identity. */
export function useSelector<T>(select: (state: State) => T): T {
  const { store } = useSession();
  return useSyncExternalStore(store.subscribe, () => select(store.state()));
}
