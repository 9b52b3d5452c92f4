import type { CommandRows } from '../command/command.ts';
import { FLEET_SELECTOR_DETAILS } from '../command/help-texts.ts';
import { duration, flag } from '../command/option.ts';

/** Hosts of a fleet, as the terms of a selector. */
const HOSTS = [
  ['[selector...]', 'hosts: names, globs, labels such as role=web, or conditions (default: all)'],
] as const;

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
} satisfies CommandRows;
