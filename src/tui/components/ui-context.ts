import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Pens } from '../style/scene.ts';
import type { State } from '../state/state.ts';
import type { Store } from '../store/store.ts';

/** What all components draw, and what they draw it with. */
export interface UiResources {
  readonly store: Store;
  readonly pensOn: (state: Pick<State, 'background' | 'look' | 'hasWideSymbols'>) => Pens;
}

/** Provides the resources to all components. */
export const UiContext = createContext<UiResources | null>(null);

function useResources(): UiResources {
  const resources = useContext(UiContext);
  if (resources === null) throw new Error('component rendered outside of a UiContext');
  return resources;
}

/** Returns the pens for the background of the terminal and the look that the user chose. */
export function usePens(): Pens {
  const { pensOn } = useResources();
  const background = useSelector((state) => state.background);
  const look = useSelector((state) => state.look);
  const hasWideSymbols = useSelector((state) => state.hasWideSymbols);
  return pensOn({ background, look, hasWideSymbols });
}

/** Rerenders only when the selected value changes, so select values that keep their identity. */
export function useSelector<T>(select: (state: State) => T): T {
  const { store } = useResources();
  return useSyncExternalStore(store.subscribe, () => select(store.state()));
}
