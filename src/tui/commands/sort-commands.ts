import { nextSort } from '../store/sort.ts';
import type { SortKey } from '../store/state.ts';
import { become, type Command } from './response.ts';

function sortBy(by: SortKey): Command {
  return (state) =>
    become({ ...state, overlay: { kind: 'none' }, list: { ...state.list, sort: nextSort(state.list.sort, by) } });
}

export const SORT_COMMANDS = {
  sort: (state) => become({ ...state, overlay: { kind: 'sort' } }),
  sortByName: sortBy('name'),
  sortByStatus: sortBy('status'),
  sortByCpu: sortBy('cpu'),
  sortByMemory: sortBy('memory'),
  sortByUptime: sortBy('uptime'),
  sortAsListed: (state) => become({ ...state, overlay: { kind: 'none' }, list: { ...state.list, sort: null } }),
} satisfies Record<string, Command>;
