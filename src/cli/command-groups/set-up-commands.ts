import type { CommandRow } from '../command/command.ts';
import { IMPORT_DETAILS, STARTUP_DETAILS } from '../command/help-texts.ts';

/** What is done once on a machine. */
export const SET_UP_COMMANDS: readonly CommandRow[] = [
  {
    name: 'import',
    summary: 'write a healer.yaml from a Procfile, PM2 or supervisord',
    details: IMPORT_DETAILS,
    arguments: [['<file>', 'Procfile, ecosystem file of PM2 or .conf of supervisord']],
    options: [
      { flags: '-o, --output <file>', summary: 'where to write it', defaultValue: 'healer.yaml' },
      { flags: '--stdout', summary: 'print it and write no file' },
      { flags: '--force', summary: 'replace the file that is there' },
      {
        flags: '--kind <kind>',
        summary: 'what the file is, where neither its name nor its content tells',
        choices: ['procfile', 'pm2', 'supervisord'],
      },
      { flags: '--env <name>', summary: 'take env_<name> of a PM2 file too, e.g. production' },
    ],
    load: () => import('../commands/import.ts'),
  },
  {
    name: 'startup',
    summary: 'print a unit that starts the engine at boot',
    details: STARTUP_DETAILS,
    arguments: [['<manager>', '"systemd"']],
    options: [
      { flags: '--user', summary: 'a unit of your own (default, except for root)' },
      { flags: '--system', summary: 'a unit of the system' },
      { flags: '--write', summary: 'put it where it belongs, and say what is left to do' },
    ],
    load: () => import('../commands/startup.ts'),
  },
  {
    name: 'test-email',
    summary: 'check the settings of alerts and send one of each kind',
    load: () => import('../commands/test-email.ts'),
  },
  {
    name: 'doctor',
    summary: 'check whether all that healer needs is there',
    load: () => import('../commands/doctor.ts'),
  },
];
