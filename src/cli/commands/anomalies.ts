import { sanitizeText } from '../../base/sanitize-text.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { withConnection } from '../command/context.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { formatTime } from '../output/labeled-values.ts';
import type { Terminal } from '../output/terminal.ts';
import { validateIds } from '../command/process-id.ts';

export const run: RunOf<typeof INSPECT_COMMANDS.anomalies> = async (context, ids) => {
  validateIds(ids);
  const [id] = ids;
  const records = await withConnection(context, async ({ api }) => {
    try {
      return await api.anomalies(id === undefined ? {} : { id });
    } catch (error) {
      throw id === undefined ? error : await explainFailure(error, { action: 'show the anomalies of', id, api });
    }
  });
  if (context.terminal.json) context.terminal.printJson(records);
  else printRecords(context.terminal, records);
  return 0;
};

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
