import { formatDuration } from '../../base/duration.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { type Context, withConnection } from '../command/context.ts';
import { type Column, layoutTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { operateOn } from './operate.ts';

export const run: RunOf<typeof INSPECT_COMMANDS.cooldown> = async (context, [action, ...ids]) => {
  if (action === undefined) return show(context);
  if (action !== 'reset' || ids.length === 0) {
    throw new HealerError('INVALID_CONFIG', 'unknown action — use "healer cooldown reset <id>"');
  }
  return operateOn(context, 'cooldownReset', ids);
};

async function show(context: Context): Promise<number> {
  const views = await withConnection(context, ({ api }) => api.cooldowns({}));
  if (context.terminal.json) context.terminal.printJson(views);
  else printViews(context.terminal, views, Date.now());
  return 0;
}

function printViews(terminal: Terminal, views: readonly CooldownView[], nowMs: number): void {
  if (views.length === 0) {
    terminal.print('No programs yet.');
    return;
  }
  const { columns, ellipsis, style } = terminal;
  const table = layoutTable(cooldownColumns(terminal, nowMs), views, { columns, ellipsis, paintTitle: style.faint });
  for (const line of table) terminal.print(line);
}

function cooldownColumns({ style }: Terminal, nowMs: number): Column<CooldownView>[] {
  return [
    { title: 'ID', cell: (view) => view.id, dropOrder: 0, minWidth: 16, paint: (_view, cell) => style.strong(cell) },
    { title: 'STATE', cell: (view) => view.state, dropOrder: 0, paint: (view, cell) => style.state(view.state, cell) },
    {
      title: 'RESTARTS',
      cell: ({ restarts, limit }) => `${restarts.length} of ${limit}`,
      align: 'right',
      dropOrder: 0,
    },
    { title: 'WITHIN', cell: (view) => formatDuration(view.windowMs), align: 'right', dropOrder: 2 },
    { title: 'COOLDOWN', cell: (view) => formatDuration(view.durationMs), align: 'right', dropOrder: 1 },
    { title: 'LEFT', cell: (view) => formatLeft(view, nowMs), align: 'right', dropOrder: 0 },
  ];
}

function formatLeft({ until, leftMs }: CooldownView, nowMs: number): string {
  if (until === null) return '-';
  return formatDuration(leftMs ?? Date.parse(until) - nowMs);
}
