import { listAll } from '../../client/list-all.ts';
import type { RunCommand } from '../command.ts';
import { withConnection } from '../context.ts';
import { processJson } from '../output/json-shapes.ts';
import { printProcessTable } from '../output/process-table.ts';

export const run: RunCommand = async (context) => {
  const rows = await withConnection(context, ({ api }) => listAll(api));
  if (context.terminal.json) context.terminal.printJson(rows.map(processJson));
  else printProcessTable(context.terminal, rows);
  return 0;
};
