import { listAll } from '../../client/attach/list-all.ts';
import { isPlainId } from '../../base/selector.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import { selectable, selectRows } from './select-programs.ts';

/** Returns the id if the command is about a single program. */
export function onlyOf(words: readonly string[]): string | undefined {
  const [only] = words;
  return words.length === 1 && only !== undefined && isPlainId(only) ? only : undefined;
}

/** Returns the ids that the words of a command mean. @throws HealerError PROCESS_NOT_FOUND for a word that selects nothing */
export async function programsOf(api: EngineApi, words: readonly string[]): Promise<readonly string[]> {
  const only = onlyOf(words);
  if (only !== undefined) return [only];
  const rows = selectable(await listAll(api));
  return selectRows(words, rows).map((row) => row.id);
}
