import type { CommandRows } from '../command/command.ts';
import { FLEET_OPERATION_DETAILS, FLEET_SELECTOR_DETAILS } from '../command/help-texts.ts';
import { IDS, TIMEOUT } from '../command/shared-options.ts';
import { duration, flag, noFlag, text } from '../command/option.ts';

/** Hosts of a fleet, as the terms of a selector. */
const HOSTS = [
  ['[selector...]', 'hosts: names, globs, labels such as role=web, or conditions (default: all)'],
] as const;

const SELECTED_HOSTS = {
  selector: text('-l, --selector <terms>', 'the hosts, as "healer fleet ls" selects them; "all" for every host'),
  yes: flag('-y, --yes', 'do not ask before it is performed'),
};

/** Defines an operation on the same programs of several hosts. */
function operation(summary: string) {
  return { summary, details: FLEET_OPERATION_DETAILS, arguments: IDS, options: SELECTED_HOSTS };
}

/** Defines one that may have to wait until programs stop. */
function stopping(summary: string) {
  return { ...operation(summary), options: { ...SELECTED_HOSTS, timeoutMs: TIMEOUT } };
}

/** Commands about all hosts of a fleet. Each is a command of `healer fleet`. */
export const FLEET_COMMANDS = {
  'fleet ls': {
    summary: 'List the hosts of the fleet, those that need attention first',
    details: FLEET_SELECTOR_DETAILS,
    arguments: HOSTS,
    options: {
      watch: flag('-w, --watch', 'keep the list up to date until Ctrl-C'),
      intervalMs: duration('--interval <duration>', 'with --watch, show changes at this interval (default: 1s)'),
    },
  },
  'fleet start': operation('Start programs on selected hosts'),
  'fleet stop': stopping('Stop programs on selected hosts'),
  'fleet restart': stopping('Restart programs on selected hosts'),
  'fleet reload': operation('Send programs on selected hosts their reload signal'),
  'fleet kill': operation('Kill programs on selected hosts with SIGKILL'),
  'fleet pause': operation('Pause programs on selected hosts'),
  'fleet resume': operation('Resume paused programs on selected hosts'),
  'fleet enable': operation('Enable programs on selected hosts and start them'),
  'fleet disable': operation('Stop programs on selected hosts and prevent them from starting'),
  'fleet tui': {
    summary: 'Open the terminal UI with the hosts of the fleet',
    options: {
      readOnly: flag('--read-only', 'show hosts and programs without allowing any operation'),
      mouse: noFlag('--no-mouse', 'do not capture the mouse, so that the terminal can select text'),
      screenReader: flag('--screen-reader', 'print sentences for a screen reader instead of drawing a screen'),
    },
  },
} satisfies CommandRows;
