import { neighborSort, nextSort } from '../state/sort.ts';
import type { Sort, SortKey, State } from '../state/state.ts';
import { become, type Command } from './response.ts';

function sorted(state: State, sort: Sort | null): State {
  return { ...state, overlay: { kind: 'none' }, list: { ...state.list, sort } };
}

/** Sorts by a key; the same key again reverses the order. */
export function sortBy(by: SortKey): Command {
  return (state) => become(sorted(state, nextSort(state.list.sort, by)));
}

/** Commands that sort the table. */
export const SORT_COMMANDS = {
  sort: (state) => become({ ...state, overlay: { kind: 'sort' } }),
  sortLeft: (state) => become(sorted(state, neighborSort(state.list.sort, -1))),
  sortRight: (state) => become(sorted(state, neighborSort(state.list.sort, 1))),
  sortByName: sortBy('name'),
  sortByPid: sortBy('pid'),
  sortByStatus: sortBy('status'),
  sortByCpu: sortBy('cpu'),
  sortByMemory: sortBy('memory'),
  sortByLimits: sortBy('limits'),
  sortByRestarts: sortBy('restarts'),
  sortByUptime: sortBy('uptime'),
  sortByTree: sortBy('tree'),
  sortByWhy: sortBy('why'),
  sortBySource: sortBy('source'),
  sortAsListed: (state) => become(sorted(state, { by: 'listed', descending: false })),
  sortByAttention: (state) => become(sorted(state, null)),
} satisfies Record<string, Command>;
