import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Pens } from '../style/scene.ts';
import type { Background } from '../style/theme.ts';
import type { State } from '../state/state.ts';
import type { Store } from '../store/store.ts';

/** What every component draws from and with. */
export interface Session {
  readonly store: Store;
  readonly pensOn: (background: Background) => Pens;
}

export const SessionContext = createContext<Session | null>(null);

function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('a component was rendered outside of the screen');
  return session;
}

export function usePens(): Pens {
  const { pensOn } = useSession();
  return pensOn(useSelector((state) => state.background));
}

/** Renders again only when the selected value is another one, so select what keeps its identity. */
export function useSelector<T>(select: (state: State) => T): T {
  const { store } = useSession();
  return useSyncExternalStore(store.subscribe, () => select(store.state()));
}
