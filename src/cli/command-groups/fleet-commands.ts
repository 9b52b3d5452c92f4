import type { CommandRows } from '../command/command.ts';
import {
  FLEET_BACKUP_DETAILS,
  FLEET_INIT_DETAILS,
  FLEET_INVITE_DETAILS,
  FLEET_OPERATION_DETAILS,
  FLEET_SELECTOR_DETAILS,
} from '../command/help-texts.ts';
import { choice, duration, flag, noFlag, text, texts } from '../command/option.ts';
import { IDS, TIMEOUT } from '../command/shared-options.ts';

/** Hosts of a fleet, as the terms of a selector. */
const HOSTS = [
  ['[selector...]', 'hosts: names, globs, labels such as role=web, or conditions (default: all)'],
] as const;

const SELECTED_HOSTS = {
  selector: text('-l, --selector <terms>', 'select hosts with the terms of "healer fleet ls", or "all"'),
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
const SITE = text('--site <name>', 'set the site: of a host, or the only one that an operator may change');

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
  'fleet init': {
    summary: 'Create a fleet: run its hub on this machine, on NATS',
    details: FLEET_INIT_DETAILS,
    options: {
      listen: text('--listen <address>', 'listen on this address, and on a port other than 19886 after a colon'),
      advertise: texts(
        '--advertise <host>',
        'name an address that hosts connect to (default: the one of --listen); can be repeated',
      ),
      insecure: flag('--insecure', 'use no TLS: everybody on the network can read what is sent'),
      name: text('--name <name>', 'name this host in the fleet (default: its host name)'),
      site: SITE,
      restore: text('--restore <file>', 'use the keys and members in a file of "healer fleet backup"'),
    },
  },
  'fleet invite': {
    summary: 'Print an invitation for a host, or for a person with --role',
    details: FLEET_INVITE_DETAILS,
    arguments: [['[names...]', 'names of hosts or persons']],
    options: {
      role: choice('--role <role>', 'invite a person with this role', ['viewer', 'operator', 'admin']),
      verbs: text('--verbs <list>', 'permit an operator only these operations, e.g. restart,stop'),
      site: SITE,
      label: texts('--label <key=value>', 'give the host a label, e.g. role=web; can be repeated'),
      file: text('--file <file>', 'read names of hosts from a file, one on each line, with labels after the name'),
      out: text('--out <folder>', 'write each invitation to a file in this folder'),
      expires: duration('--expires <duration>', 'set how long the invitation works (default: 24h)'),
      replace: flag('--replace', 'revoke the credential of one that has joined'),
    },
  },
  'fleet join': {
    summary: 'Join a fleet with the line that "healer fleet invite" printed',
    arguments: [['[line...]', 'the invitation, or - to read it from standard input']],
    options: {
      file: text('--file <file>', 'read the invitation from a file'),
      replace: flag('--replace', 'replace the credential that this host or user has'),
    },
  },
  'fleet leave': {
    summary: 'Leave the fleet: hosts see that this one left on purpose',
    options: { person: flag('--person', 'remove the credential of this user instead of that of the host') },
  },
  'fleet fence': {
    summary: 'Revoke credentials at once: their owners are disconnected and cannot return',
    arguments: [['<names...>', 'names of hosts or persons']],
    options: { site: text('--site <name>', 'select hosts of this site') },
  },
  'fleet forget': {
    summary: 'Revoke credentials and remove what the fleet knows about their owners',
    arguments: [['<names...>', 'names of hosts or persons']],
    options: { site: text('--site <name>', 'select hosts of this site') },
  },
  'fleet backup': {
    summary: 'Write the keys and members of the fleet to a file, for "healer fleet init --restore"',
    details: FLEET_BACKUP_DETAILS,
    arguments: [['<file>', 'the file, which only its owner can read']],
  },
  'fleet doctor': {
    summary: 'Check the hub, the connection to it, clocks, permissions and streams',
  },
} satisfies CommandRows;
