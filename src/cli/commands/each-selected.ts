import { isPlainId } from '../../base/selector.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import { type Context, withConnection } from '../command/context.ts';
import { validateSelectors } from '../command/process-id.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { instancesMeant } from '../report/instances.ts';
import { selectIds } from '../report/select-programs.ts';

/** What a command shows about each selected program. */
interface Shown<Answer> {
  /** As in `cannot describe "web"`. */
  readonly action: string;
  readonly ask: (api: EngineApi, id: string) => Promise<Answer>;
  readonly json: (answer: Answer) => object;
  readonly print: (answer: Answer) => void;
}

/**
 * Shows something about each selected program. JSON is one object for a single id, and a list for any other words.
 * @throws HealerError PROCESS_NOT_FOUND for a word that selects nothing
 */
export async function eachSelected<Answer>(
  context: Context,
  words: readonly string[],
  { action, ask, json, print }: Shown<Answer>,
): Promise<number> {
  validateSelectors(words);
  const { terminal } = context;
  const answers = await withConnection(context, async ({ api }) => {
    const { ids, failures } = await selectIds(api, words);
    const [failure] = failures;
    if (failure !== undefined) throw failure.error;
    const askOne = async (id: string): Promise<readonly Answer[]> => {
      try {
        return [await ask(api, id)];
      } catch (error) {
        const instances = await instancesMeant(error, id, api);
        if (instances.length > 0) return (await Promise.all(instances.map(askOne))).flat();
        throw await explainFailure(error, { action, id, api });
      }
    };
    return (await Promise.all(ids.map(askOne))).flat();
  });
  const [only] = answers;
  const isOne = words.length === 1 && words.every(isPlainId) && answers.length === 1;
  if (terminal.json) terminal.printJson(isOne && only !== undefined ? json(only) : answers.map(json));
  else {
    for (const [index, answer] of answers.entries()) {
      if (index > 0) terminal.print('');
      print(answer);
    }
  }
  return 0;
}
