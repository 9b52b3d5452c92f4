import { settle } from './settle.ts';
import type { State } from '../state/state.ts';

/** Holds the state of the screen. */
export interface Store {
  readonly state: () => State;
  /** Changes the state and notifies the listeners. */
  readonly update: (change: (state: State) => State) => void;
  /** Returns the function that unsubscribes. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Creates a store. */
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
