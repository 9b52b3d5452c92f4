import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Pens } from '../style/scene.ts';
import type { Background } from '../style/theme.ts';
import type { State } from '../state/state.ts';
import type { Store } from '../store/store.ts';

/** What all components draw, and what they draw it with. */
export interface UiResources {
  readonly store: Store;
  readonly pensOn: (background: Background) => Pens;
}

/** Provides the resources to all components. */
export const UiContext = createContext<UiResources | null>(null);

function useResources(): UiResources {
  const resources = useContext(UiContext);
  if (resources === null) throw new Error('component rendered outside of a UiContext');
  return resources;
}

/** Returns the pens for the background of the terminal. */
export function usePens(): Pens {
  const { pensOn } = useResources();
  return pensOn(useSelector((state) => state.background));
}

/** Rerenders only when the selected value changes, so select values that keep their identity. */
export function useSelector<T>(select: (state: State) => T): T {
  const { store } = useResources();
  return useSyncExternalStore(store.subscribe, () => select(store.state()));
}
