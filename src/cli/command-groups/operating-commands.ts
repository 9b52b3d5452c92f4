import type { CommandRow, OptionRow, RunCommand } from '../command/command.ts';
import { IDS, TIMEOUT } from '../command/command-options.ts';
import { durationOption } from '../command/option-values.ts';
import type { OperatingCommand } from '../commands/operations.ts';

function operation(name: OperatingCommand, summary: string, options: readonly OptionRow[] = []): CommandRow {
  const load = async (): Promise<{ run: RunCommand }> => {
    const { operateOn } = await import('../commands/operate.ts');
    return { run: (context, ids, values) => operateOn(context, name, ids, values) };
  };
  return { name, summary, arguments: IDS, options, load };
}

/** What can be decided while no engine runs, too. */
function decision(name: 'enable' | 'disable', summary: string): CommandRow {
  const load = async (): Promise<{ run: RunCommand }> => {
    const { setEnabled } = await import('../commands/set-enabled.ts');
    return { run: (context, ids, values) => setEnabled(context, name, ids, values) };
  };
  return { name, summary, arguments: IDS, load };
}

/** What is done with programs that are defined. */
export const OPERATING_COMMANDS: readonly CommandRow[] = [
  operation('start', 'start programs'),
  operation('stop', 'stop programs gracefully', [{ flags: '--force', summary: 'kill at once' }, TIMEOUT]),
  operation('restart', 'stop programs and start them again', [TIMEOUT]),
  operation('reload', 'have running programs read their configuration again, by their reload signal'),
  operation('kill', 'end programs at once, without grace'),
  operation('pause', 'freeze programs with all their processes'),
  operation('resume', 'let paused programs go on'),
  decision('enable', 'allow programs to be started, and start them'),
  decision('disable', 'stop programs and forbid starting them'),
  {
    name: 'hold',
    summary: 'switch the healing of programs off; faults are still told',
    arguments: IDS,
    options: [{ flags: '--for <duration>', summary: 'end by itself after this long, e.g. 30m', parse: durationOption }],
    load: () => import('../commands/hold.ts'),
  },
  {
    name: 'release',
    summary: 'switch the healing of programs on again',
    arguments: IDS,
    load: () => import('../commands/release.ts'),
  },
  {
    name: 'track',
    summary: 'end a process that healer did not start, tree and all, once its parent is gone',
    arguments: [['[pid]', 'pid of a process']],
    options: [{ flags: '--list', summary: 'show what is tracked' }],
    load: () => import('../commands/track.ts'),
  },
  {
    name: 'untrack',
    summary: 'let a tracked process alone again',
    arguments: [['<pid>', 'pid of a process']],
    load: () => import('../commands/untrack.ts'),
  },
];
