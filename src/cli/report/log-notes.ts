import type { SearchResult } from './log-search.ts';

/** What was asked for, as far as the notes depend on it. */
export interface NotedQuery {
  readonly lines: number;
  /** Whether the number of lines was given, and is not the default. */
  readonly isCounted: boolean;
  readonly isFiltered: boolean;
}

/** Returns what to say about a search: what is missing, and how far it went; null if the result is complete. */
export function searchNote(id: string, result: SearchResult, query: NotedQuery): string | null {
  const { matches, searched, end, reachedTime, untimed } = result;
  const back = reachedTime === null ? '' : `, back to ${reachedTime}`;
  if (untimed > 0) {
    return `${amount(untimed, 'line')} of "${id}" ${untimed === 1 ? 'has' : 'have'} no time, so --since and --until left ${untimed === 1 ? 'it' : 'them'} out`;
  }
  switch (end) {
    case 'memory':
      return `stopped after ${amount(matches, 'line')} of "${id}", which are as much as fits in memory${back}; use --until to get older ones`;
    case 'rotated':
      return `searched ${amount(searched, 'line')} of "${id}"${back}; older ones were rotated away meanwhile`;
    case 'oldEngine':
      return `printed only the last ${amount(matches, 'line')} of "${id}": the engine is of an earlier version and sends at most 1 MiB`;
    case 'enough':
      if (!query.isFiltered) return null;
      return `stopped after ${amount(matches, 'match', 'matches')} in the last ${amount(searched, 'line')} of "${id}"${back}; use -n to get more`;
    case 'since':
    case 'beginning':
      if (end === 'since' && searched === 0) return `"${id}" wrote nothing in that time`;
      if (query.isFiltered && matches === 0) return `no match in ${searchedAll(id, result)}`;
      if (!query.isFiltered && query.isCounted && matches < query.lines && end === 'beginning') {
        return matches === 0
          ? `the log of "${id}" is empty`
          : `the log of "${id}" has only ${amount(matches, 'line')}${since(reachedTime)}`;
      }
      return null;
  }
}

function searchedAll(id: string, { searched, end, reachedTime }: SearchResult): string {
  const all = end === 'beginning' ? 'all ' : '';
  return `${all}${amount(searched, 'line')} of "${id}"${since(reachedTime)}`;
}

function since(time: string | null): string {
  return time === null ? '' : `, since ${time}`;
}

function amount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
