import { settle } from './settle.ts';
import type { State } from '../state/state.ts';

export interface Store {
  readonly state: () => State;
  /** The only way in which the state changes. */
  readonly update: (change: (state: State) => State) => void;
  /** Returns the way to stop. */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createStore(initial: State): Store {
  let state = settle(initial);
  const listeners = new Set<() => void>();
  return {
    state: () => state,
    update(change) {
      const next = settle(change(state));
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
