import { listAll } from '../../client/attach/list-all.ts';
import { selectItems } from '../../base/select-items.ts';
import { mergeRows } from '../../client/attach/merge-rows.ts';
import { wholeSnapshots } from '../../client/attach/whole-snapshots.ts';
import { HealerError } from '../../protocol/errors.ts';
import { type ProcessRow, type SnapshotRow, withUptime } from '../../protocol/snapshot.ts';
import type { RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { type Context, withConnection } from '../command/context.ts';
import { validateSelectors } from '../command/process-id.ts';
import { selectable, selectRows } from '../report/select-programs.ts';
import { follow } from '../report/following.ts';
import { processJson } from '../output/json-shapes.ts';
import { printProcessTable, processTable } from '../output/process-table.ts';

const DEFAULT_MS = 1000;
const SHORTEST_MS = 100;
const LONGEST_MS = 60_000;

export const run: RunOf<typeof INSPECT_COMMANDS.ls> = async (context, words, options) => {
  const { watch, intervalMs = DEFAULT_MS } = options;
  if (!watch && options.intervalMs !== undefined) {
    throw new HealerError('INVALID_CONFIG', '--interval sets how often the list is refreshed — add --watch');
  }
  validateSelectors(words);
  if (watch && words.length === 0) return watchPrograms(context, words, intervalMs);
  const all = await withConnection(context, ({ api }) => listAll(api));
  const rows = selectRows(words, selectable(all));
  if (watch) return watchPrograms(context, words, intervalMs);
  if (context.terminal.json) context.terminal.printJson(rows.map(processJson));
  else printProcessTable(context.terminal, rows);
  return 0;
};

/** Shows the table again at every interval, even when the engine restarts. */
function watchPrograms(context: Context, words: readonly string[], intervalMs: number): Promise<number> {
  if (intervalMs < SHORTEST_MS || intervalMs > LONGEST_MS) {
    throw new HealerError('INVALID_CONFIG', '--interval must be from 100ms to 1m');
  }
  let rows: readonly SnapshotRow[] = [];
  return follow(context, (client, onRefused) => {
    const onSnapshot = wholeSnapshots((snapshot) => {
      rows = mergeRows(rows, snapshot);
      const nowMs = Date.parse(snapshot.at);
      const sorted = rows.map((row) => withUptime(row, nowMs)).sort((a, b) => (a.id < b.id ? -1 : 1));
      // A program that is selected may be added later.
      show(context, words.length === 0 ? sorted : selectItems(words, selectable(sorted)).items);
    });
    client.subscribe('snapshot', { intervalMs }, onSnapshot, { onRefused });
    return Promise.resolve();
  });
}

function show({ terminal }: Context, rows: readonly ProcessRow[]): void {
  if (terminal.json) terminal.printJson(rows.map(processJson));
  else terminal.repaint(processTable(terminal, rows));
}
