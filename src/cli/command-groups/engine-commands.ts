import type { CommandRows } from '../command/command.ts';
import { DRY_RUN, YES } from '../command/shared-options.ts';
import { CONFIG_DETAILS, DOWN_DETAILS, WATCHER_DETAILS } from '../command/help-texts.ts';
import { duration, flag, noFlag, texts } from '../command/option.ts';

/** Commands that start, stop, configure or show the engine itself. */
export const ENGINE_COMMANDS = {
  up: {
    summary: 'Start the engine and its programs, or apply changes if it is already running',
    options: {
      file: texts(
        '-f, --file <file>',
        'add a process list or healer.yaml to the files that programs are read from; can be repeated (default: ./healer.yaml and ./process_list.txt)',
      ),
      replace: flag('--replace', 'use only these files: stop and remove the programs of all other files'),
      yes: YES,
      dryRun: DRY_RUN,
      foreground: flag(
        '--foreground',
        'run in the foreground and print events and the output of programs (for containers and service managers)',
      ),
      daemon: noFlag('--no-daemon', 'same as --foreground'),
      output: noFlag('--no-output', 'in the foreground, print events only, not the output of programs'),
      observe: flag('--observe', 'start in observe mode: report the faults of every program, heal none'),
      attach: flag('--attach', 'open the terminal UI once the engine is running'),
      wait: flag('--wait', 'wait until the started programs are ready, and healthy if they have a health check'),
      timeoutMs: duration('--timeout <duration>', 'give up --wait after this time, e.g. 5m (default: 60s)'),
      standalone: flag('--standalone', 'run without a watcher, and do not let a watcher restart this engine'),
    },
  },
  down: {
    summary: 'Stop all programs and the engine',
    details: DOWN_DETAILS,
    options: {
      file: texts('-f, --file <file>', 'only stop and remove the programs of this file; the engine keeps running'),
      yes: YES,
      keep: flag('--keep', 'leave programs running for the next engine to adopt'),
      timeoutMs: duration(
        '--timeout <duration>',
        'force kill programs that have not stopped after this time, e.g. 20s (default: their own stop timeouts)',
      ),
    },
  },
  watcher: {
    summary: 'Start a watcher, a peer engine: each engine replaces the other if it dies or hangs',
    details: WATCHER_DETAILS,
    options: {
      file: texts(
        '-f, --file <file>',
        'read programs from this file if the engine has to be started; can be repeated (default: as for "up")',
      ),
      status: flag('--status', 'show both engines and how each sees the other'),
      restart: flag('--restart', 'replace the watcher with a new process'),
      stop: flag('--stop', 'stop the watcher; the engine keeps running'),
      standalone: flag('--standalone', 'watch and report only, start nothing'),
    },
  },
  upgrade: {
    summary: 'Let the engine and its watcher replace themselves after an upgrade of healer; programs keep running',
    options: { force: flag('--force', 'also if the engine already runs this version') },
  },
  sources: {
    summary: 'List the files that programs are read from, with their programs',
  },
  'reload-config': {
    summary: 'Reload the files that define programs, and apply changes',
    options: { dryRun: DRY_RUN },
  },
  status: {
    summary: 'Show engine and host status',
  },
  tui: {
    summary: 'Open the terminal UI',
    options: {
      readOnly: flag('--read-only', 'show programs without allowing any operation'),
      mouse: noFlag(
        '--no-mouse',
        'do not capture the mouse, so that the terminal can select text (press m to capture it)',
      ),
      screenReader: flag('--screen-reader', 'print sentences for a screen reader instead of drawing a screen'),
    },
  },
  config: {
    summary: 'Show or change engine settings, or check the files that define programs',
    details: CONFIG_DETAILS,
    arguments: [
      ['[action]', '"get", "set" or "check"'],
      ['[words...]', 'a key and its value, or files (default: the files that "healer up" reads)'],
    ],
  },
} satisfies CommandRows;
