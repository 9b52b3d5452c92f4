import { formatDuration } from '../../base/duration.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import type { ZombieCleanup, ZombieView } from '../../protocol/results/zombie-view.ts';
import type { RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { type Context, withConnection } from '../command/context.ts';
import { type Column, layoutTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';

export const run: RunOf<typeof INSPECT_COMMANDS.zombies> = async (context, _words, { clean }) => {
  if (clean) return cleanUp(context);
  const { terminal } = context;
  const zombies = await withConnection(context, ({ api }) => api.zombies({}));
  if (terminal.json) terminal.printJson(zombies);
  else if (zombies.length === 0) terminal.print('No zombies.');
  else printZombies(terminal, zombies);
  return 0;
};

/** Returns 1 if a parent that was signaled has not reaped its zombie: that parent needs attention. */
async function cleanUp(context: Context): Promise<0 | 1> {
  const { terminal } = context;
  const cleanup = await withConnection(context, ({ api }) => api.cleanZombies({}));
  if (terminal.json) terminal.printJson(cleanup);
  else printCleanup(terminal, cleanup);
  return cleanup.left.some(({ untouched }) => untouched === null) ? 1 : 0;
}

function printCleanup(terminal: Terminal, { cleaned, left, restarting }: ZombieCleanup): void {
  if (cleaned.length + left.length === 0) {
    terminal.print('No zombies.');
    return;
  }
  terminal.print(`${String(cleaned.length)} reaped, ${String(left.length)} left`);
  if (restarting.length > 0)
    terminal.print(`restarting programs that did not reap their children: ${restarting.join(', ')}`);
  if (left.length > 0) printZombies(terminal, left);
}

const COLUMNS: readonly Column<ZombieView>[] = [
  { title: 'PID', cell: ({ pid }) => String(pid), align: 'right', dropOrder: 0 },
  { title: 'NAME', cell: ({ name }) => sanitizeText(name), dropOrder: 0 },
  {
    title: 'PARENT',
    cell: ({ parentPid, parentName }) => `${String(parentPid)} ${sanitizeText(parentName)}`,
    dropOrder: 0,
  },
  { title: 'AGE', cell: ({ ageMs }) => formatDuration(ageMs), align: 'right', dropOrder: 2 },
  { title: 'PROGRAM', cell: ({ program }) => program ?? '-', dropOrder: 1 },
  { title: 'NOTE', cell: ({ untouched }) => untouched ?? '', dropOrder: 3, minWidth: 10 },
];

function printZombies(terminal: Terminal, zombies: readonly ZombieView[]): void {
  const { columns, ellipsis, style } = terminal;
  const options = { columns, ellipsis, paintTitle: style.faint };
  for (const line of layoutTable(COLUMNS, zombies, options)) terminal.print(line);
}
