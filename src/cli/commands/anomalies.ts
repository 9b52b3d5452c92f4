import { sanitizeText } from '../../base/sanitize-text.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { withConnection } from '../command/context.ts';
import { formatTime } from '../output/labeled-values.ts';
import type { Terminal } from '../output/terminal.ts';
import { validateSelectors } from '../command/process-id.ts';
import { selectable, selectRows } from '../report/select-programs.ts';

export const run: RunOf<typeof INSPECT_COMMANDS.anomalies> = async (context, words) => {
  validateSelectors(words);
  const records = await withConnection(context, async ({ api }) => anomaliesOf(api, words));
  if (context.terminal.json) context.terminal.printJson(records);
  else printRecords(context.terminal, records);
  return 0;
};

async function anomaliesOf(api: EngineApi, words: readonly string[]): Promise<readonly AnomalyRecord[]> {
  if (words.length === 0) return api.anomalies({});
  const ids = new Set(selectRows(words, selectable(await listAll(api))).map(({ id }) => id));
  return (await api.anomalies({})).filter(({ id }) => ids.has(id));
}

/** What the engine did about an anomaly, by its action. */
const DONE: Readonly<Record<string, string>> = {
  log: 'reported only',
  restart: 'restarted',
  kill: 'killed',
  observe: 'would have restarted',
};

function printRecords(terminal: Terminal, records: readonly AnomalyRecord[]): void {
  if (records.length === 0) {
    terminal.print('No anomalies in the last 24 hours.');
    return;
  }
  const { style } = terminal;
  for (const { at, id, kind, evidence, action } of records) {
    const done = DONE[action] ?? sanitizeText(action);
    terminal.print(`${style.faint(formatTime(at))}  ${style.strong(id)}  ${kind}: ${sanitizeText(evidence)} (${done})`);
  }
}
