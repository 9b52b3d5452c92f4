import { listAll } from '../../client/attach/list-all.ts';
import { type Selectable, selectItems, type SelectorProblem } from '../../base/select-items.ts';
import { isPlainId } from '../../base/selector.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { ProcessStateName } from '../../protocol/process-state.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';

/** The programs that the words of a command mean. */
export interface SelectedIds {
  readonly ids: readonly string[];
  /** One for each word that selects nothing. */
  readonly failures: readonly { readonly id: string; readonly ok: false; readonly error: HealerError }[];
}

/**
 * Returns the ids that some words mean. Plain ids are returned as they are, without a request: the engine knows which of
 * them exist. Other words are compared with the programs of the engine.
 * @param meantByAll the states of the programs that `all`, groups and globs stand for; any state by default
 */
export async function selectIds(
  api: EngineApi,
  words: readonly string[],
  meantByAll?: readonly ProcessStateName[],
): Promise<SelectedIds> {
  if (words.every(isPlainId)) return { ids: [...new Set(words)], failures: [] };
  const rows = selectable(await listAll(api));
  const { items, problems } = selectItems(words, rows, ({ state }) => meantByAll?.includes(state) ?? true);
  const failures = problems.map((problem) => ({ id: problem.text, ok: false as const, error: errorOf(problem) }));
  return { ids: items.map(({ id }) => id), failures };
}

/**
 * Returns the items that some words select; all of them without words.
 * @throws HealerError PROCESS_NOT_FOUND for a word that selects nothing
 */
export function selectRows<Item extends Selectable>(words: readonly string[], items: readonly Item[]): readonly Item[] {
  if (words.length === 0) return items;
  const selection = selectItems(words, items);
  const [problem] = selection.problems;
  if (problem !== undefined) throw errorOf(problem);
  const selected = new Set(selection.items);
  return items.filter((item) => selected.has(item));
}

/** Returns rows that selectors can select. An engine of an earlier version knows no groups. */
export function selectable(rows: readonly ProcessRow[]): readonly ProcessRow[] {
  return rows.map((row) => ({ ...row, groups: (row as Partial<ProcessRow>).groups ?? [] }));
}

function errorOf({ text, isMalformed, message, hint }: SelectorProblem): HealerError {
  if (isMalformed) return new HealerError('INVALID_CONFIG', message, { id: text });
  return new HealerError('PROCESS_NOT_FOUND', `${message} — ${hint ?? LIST_ALL}`, { id: text });
}

/** The next step if no program has a similar name. */
export const LIST_ALL = '"healer ls" lists all ids';
