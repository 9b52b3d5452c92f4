import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { Terminal } from '../output/terminal.ts';
import { isReaderGone } from '../output/end-without-reader.ts';
import { explainFailure } from './explain-failure.ts';
import { instancesMeant } from './instances.ts';
import { type LinePrinter, mergeByTime, type OwnedLine } from './log-printer.ts';
import type { NotedQuery } from './log-notes.ts';
import { searchNote } from './log-notes.ts';
import { type FoundLine, type LogQuery, searchLog, type SearchResult } from './log-search.ts';

/** What the log of a program has of a query. */
export interface ProgramSearch {
  readonly id: string;
  readonly result: SearchResult;
}

type OwnedFind = OwnedLine & FoundLine;

/** How many lines are printed before a slow reader is waited for. */
const PRINTED_AT_ONCE = 500;

/** Searches the log of a program, or of its instances. @throws HealerError for an unknown program, with a suggestion */
export async function searchProgram(api: EngineApi, id: string, query: LogQuery): Promise<readonly ProgramSearch[]> {
  try {
    return [{ id, result: await searchLog(api, id, query) }];
  } catch (error) {
    const instances = await instancesMeant(error, id, api);
    if (instances.length === 0) throw await explainFailure(error, { action: 'show the log of', id, api });
    return (await Promise.all(instances.map((instance) => searchProgram(api, instance, query)))).flat();
  }
}

/** Returns the last lines of all programs together, ordered by time. */
export function lastOfAll(searches: readonly ProgramSearch[], query: LogQuery): readonly OwnedFind[] {
  const merged = mergeByTime(searches.map(({ id, result }) => result.found.map((found) => ({ id, ...found }))));
  if (searches.length === 1 || query.lines === Infinity) return merged;
  let matches = 0;
  const start = merged.findLastIndex(({ isMatch }) => (matches += isMatch ? 1 : 0) > query.lines);
  return merged.slice(start + 1);
}

/** Prints lines, with a mark where lines between matches are left out. Waits for a slow reader. */
export async function printFound(
  terminal: Terminal,
  print: LinePrinter,
  found: readonly OwnedFind[],
  { hasContext }: { readonly hasContext: boolean },
): Promise<void> {
  const places = new Map<string, number>();
  let hasPrinted = false;
  for (const [index, { id, line, place }] of found.entries()) {
    const isGap = hasPrinted && places.get(id) !== place - 1;
    if (hasContext && isGap && !terminal.json) terminal.print('--');
    places.set(id, place);
    hasPrinted = true;
    print({ id, line });
    if (index % PRINTED_AT_ONCE === 0) await terminal.drained();
    if (isReaderGone()) return;
  }
  await terminal.drained();
}

/** Says on stderr what is missing, and how far a search went. */
export function noteSearches(terminal: Terminal, searches: readonly ProgramSearch[], query: NotedQuery): void {
  for (const { id, result } of searches) {
    const note = searchNote(id, result, query);
    if (note !== null) terminal.note(note);
  }
}
