import type { CommandRows } from '../command/command.ts';
import { RELOAD_DETAILS, STOP_DETAILS } from '../command/help-texts.ts';
import { IDS, TIMEOUT } from '../command/shared-options.ts';
import { duration, flag, processOf } from '../command/option.ts';

/** Commands that act on programs that are defined already. */
export const OPERATE_COMMANDS = {
  start: { summary: 'Start programs', arguments: IDS },
  stop: {
    summary: 'Stop programs gracefully',
    details: STOP_DETAILS,
    arguments: IDS,
    options: { force: flag('--force', 'force kill at once, without a graceful stop'), timeoutMs: TIMEOUT },
  },
  restart: {
    summary: 'Restart programs: stop them gracefully, then start them',
    arguments: IDS,
    options: {
      timeoutMs: TIMEOUT,
      rolling: flag('--rolling', 'restart one after another, each once the one before is running'),
    },
  },
  reload: {
    summary: 'Reload the configuration of running programs by sending their reload signal',
    details: RELOAD_DETAILS,
    arguments: IDS,
  },
  run: {
    summary: 'Run a job now, wait until it has exited, and return its exit code',
    arguments: [['<id>', 'id of a program']],
  },
  kill: { summary: 'Force kill programs at once, without a graceful stop', arguments: IDS },
  signal: {
    summary: 'Send a signal to one process of a program, and show what happened',
    arguments: [
      ['<id>', 'id of a program'],
      ['<signal>', 'name of a signal, such as HUP or USR1'],
    ],
    options: { pid: processOf('--pid <pid>', 'one of its processes (default: the main process)') },
  },
  pause: { summary: 'Pause programs by freezing all their processes', arguments: IDS },
  resume: { summary: 'Resume paused programs', arguments: IDS },
  enable: { summary: 'Enable programs and start them', arguments: IDS },
  disable: { summary: 'Stop programs and prevent them from being started', arguments: IDS },
  hold: {
    summary: 'Pause healing; faults are still reported',
    arguments: IDS,
    options: { forMs: duration('--for <duration>', 'resume healing after this time, e.g. 30m') },
  },
  release: { summary: 'Resume healing', arguments: IDS },
  track: {
    summary: 'Track an unmanaged process, and terminate its whole process tree once its parent has exited',
    arguments: [['[pid]', 'pid of a process']],
    options: { list: flag('--list', 'list tracked processes') },
  },
  untrack: {
    summary: 'Stop tracking a process',
    arguments: [['<pid>', 'pid of a process']],
  },
} satisfies CommandRows;
