import { constants } from 'node:os';
import { formatDuration } from '../../base/duration.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { HealerError } from '../../protocol/errors.ts';
import { statePhrase } from '../../protocol/process-state.ts';
import type { SignalResult } from '../../protocol/results/signal-result.ts';
import type { RunOf } from '../command/command.ts';
import type { OPERATE_COMMANDS } from '../command-groups/operate-commands.ts';
import { withConnection } from '../command/context.ts';
import { validateIds } from '../command/process-id.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { printWarnings } from '../report/warnings.ts';

/** Returns the full name of a signal, such as SIGHUP for HUP; null if no signal has this name. */
function signalOf(word: string): string | null {
  const name = word.startsWith('SIG') ? word : `SIG${word}`;
  return Object.hasOwn(constants.signals, name) ? name : null;
}

/** Sends a signal to one process of a program, and prints what was found afterwards. */
export const run: RunOf<typeof OPERATE_COMMANDS.signal> = async (context, words, { pid }) => {
  const { id, signal } = inOrder(words);
  validateIds([id]);
  const { terminal } = context;
  const result = await withConnection(context, async ({ api }) => {
    try {
      return await api.signal({ id, signal, ...(pid === undefined ? {} : { pid }) });
    } catch (error) {
      throw await explainFailure(error, { action: `send ${signal} to`, id, api });
    }
  });
  if (terminal.json) terminal.printJson(result);
  else terminal.print(describe(result));
  printWarnings(terminal, [result]);
  return 0;
};

/** Other managers take the signal first. @throws HealerError INVALID_CONFIG */
function inOrder([first = '', second = '']: readonly string[]): { readonly id: string; readonly signal: string } {
  const [id, word] = signalOf(second) === null && signalOf(first) !== null ? [second, first] : [first, second];
  const signal = signalOf(word.toUpperCase());
  if (signal !== null) return { id, signal };
  throw new HealerError('INVALID_CONFIG', `"${word}" is not a signal — write its name, such as HUP or SIGUSR1`);
}

function describe({ id, pid, command, signal, handling, found, tookMs, state }: SignalResult): string {
  const what = `sent ${signal} to process ${String(pid)} of "${id}" (${sanitizeText(command)})`;
  if (found === 'exited') return `${what}: exited within ${formatDuration(tookMs)}; "${id}" is ${statePhrase(state)}`;
  if (found === 'stopped') return `${what}: stopped; "healer signal ${id} CONT --pid ${String(pid)}" continues it`;
  const why = handling === 'ignored' || handling === 'blocked' ? `, because it ${VERBS[handling]} ${signal}` : '';
  return `${what}: still running${why}`;
}

const VERBS = { ignored: 'ignores', blocked: 'blocks' } as const;
