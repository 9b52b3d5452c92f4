import { selectItems } from '../../base/select-items.ts';
import { publicName } from '../../policy/lifecycle/state.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { ProcessStateName } from '../../protocol/process-state.ts';
import type { Engine } from '../core/engine.ts';

/**
 * Returns the ids of the programs that some words select.
 * @param meantByAll the states of the programs that `all`, groups and globs stand for; any state by default
 * @throws HealerError INVALID_CONFIG for a word that is not a selector, PROCESS_NOT_FOUND for one that selects nothing
 */
export function selectPrograms(
  { programs }: Pick<Engine, 'programs'>,
  words: readonly string[],
  meantByAll?: readonly ProcessStateName[],
): string[] {
  const selectable = [...programs.values()].map(({ id, program: { spec, state } }) => ({
    id,
    groups: spec.groups,
    state: publicName(state),
  }));
  const { items, problems } = selectItems(words, selectable, ({ state }) => meantByAll?.includes(state) ?? true);
  const problem = problems.find(({ isMalformed }) => isMalformed) ?? problems[0];
  if (problem !== undefined) {
    const sentence = problem.hint === null ? problem.message : `${problem.message} — ${problem.hint}`;
    throw new HealerError(problem.isMalformed ? 'INVALID_CONFIG' : 'PROCESS_NOT_FOUND', sentence, {
      selector: problem.text,
    });
  }
  return items.map(({ id }) => id);
}
