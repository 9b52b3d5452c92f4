import type { CommandRows } from '../command/command.ts';
import { COMPLETION_DETAILS, IMPORT_DETAILS, INIT_DETAILS, STARTUP_DETAILS } from '../command/help-texts.ts';
import { choice, flag, text } from '../command/option.ts';

/** Commands that are usually run once on a machine. */
export const SET_UP_COMMANDS = {
  init: {
    summary: 'Write a healer.yaml with the programs of the current folder',
    details: INIT_DETAILS,
    options: { stdout: flag('--stdout', 'print the file instead of writing it') },
  },
  import: {
    summary: 'Import the configuration of another process manager into healer.yaml',
    details: IMPORT_DETAILS,
    arguments: [['<file>', 'configuration file of a format listed below, or - for standard input']],
    options: {
      output: text('-o, --output <file>', 'write to this file', 'healer.yaml'),
      stdout: flag('--stdout', 'print the result instead of writing a file'),
      force: flag('--force', 'overwrite an existing file'),
      kind: choice('--kind <kind>', 'set the format if it cannot be detected', [
        'procfile',
        'pm2',
        'supervisord',
        'mprocs',
        'process-compose',
        'docker-compose',
        'systemd',
        'circus',
        'monit',
      ]),
      env: text('--env <name>', 'also apply env_<name> of a PM2 file, e.g. production'),
    },
  },
  startup: {
    summary: 'Print a service file that starts the engine at boot, for systemd, OpenRC or launchd',
    details: STARTUP_DETAILS,
    arguments: [['[manager]', 'init system: "systemd", "openrc" or "launchd" (default: that of this machine)']],
    options: {
      user: flag('--user', 'create a service of your user (default, except for root)'),
      system: flag('--system', 'create a system-wide service'),
      write: flag('--write', 'write the service file and print the remaining steps'),
    },
  },
  'test-email': {
    summary: 'Test alert delivery: check the settings and send one alert of each kind',
  },
  doctor: {
    summary: 'Check that this machine provides everything healer needs',
    options: {
      fix: flag('--fix', "fix what is safe, such as the permissions of healer's own files, and ask about the rest"),
      yes: flag('-y, --yes', 'with --fix, run every fix without asking'),
    },
  },
  completion: {
    summary: 'Print a shell completion script',
    details: COMPLETION_DETAILS,
    arguments: [['[shell...]', '"bash", "zsh" or "fish"']],
    options: {
      ids: flag('--ids', 'print the ids of programs, for completion scripts'),
      words: flag('--words', 'print what completes the last of the words after --, for completion scripts'),
    },
  },
} satisfies CommandRows;
