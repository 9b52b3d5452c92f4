import { basename } from 'node:path';
import { parseMegabytes } from '../draft/byte-size.ts';
import { type Convert, convertedElsewhere, detail, lost, minor } from '../draft/convert-field.ts';
import { OWN_LOG } from '../draft/own-log.ts';
import { signalOf } from '../draft/signal-of.ts';
import { textOf } from '../draft/text-of.ts';

const isOn = (value: unknown): boolean => /^(?:true|yes|on|1)$/i.test(textOf(value));

/** Fields that are off unless they say otherwise. */
const ifOn =
  (convert: Convert): Convert =>
  (value, target) => {
    if (isOn(value)) convert(value, target);
  };

const convertStream: Convert = (value, { draft, place }) => {
  const name = textOf(value);
  if (name.endsWith('StdoutStream')) {
    draft.note('remark', place, 'to also print the output there, start healer with "up --foreground"');
  } else if (!/File\w*Stream$|FancyStdoutStream$/.test(name))
    draft.lose(place, `the stream "${name}" has no equivalent`);
};

const convertLogSize: Convert = (value, { draft }) => {
  const maxSizeMb = parseMegabytes(value);
  if (maxSizeMb !== null && maxSizeMb > 0) draft.extend('logs', { maxSizeMb });
};

const convertBackups: Convert = (value, { draft }) => {
  const keep = Number(textOf(value));
  if (Number.isInteger(keep) && keep >= 0 && keep <= 1000) draft.extend('logs', { keep });
};

/** The settings of stderr apply when those of stdout, with which it shares a log, are missing. */
const unlessStdout =
  (field: 'maxSizeMb' | 'keep', convert: Convert): Convert =>
  (value, target) => {
    if (target.draft.spec.logs?.[field] === undefined) convert(value, target);
    else target.draft.note('detail', target.place, 'stdout and stderr share one log; the setting of stdout applies');
  };

/** Circus lets a program find the packages of the environment, whichever Python runs it. */
const convertVirtualenv: Convert = (value, { draft, place }) => {
  const folder = basename(textOf(value));
  if (draft.spec.command.includes(`/${folder}/bin/`)) return;
  draft.lose(place, `virtualenv: set PYTHONPATH in env, or start a command of "${textOf(value)}/bin"`);
};

const limit =
  (name: string): Convert =>
  (value, { draft, place }) => {
    const asked = Number(textOf(value));
    if (!Number.isInteger(asked)) draft.lose(place, `rlimit_${name}: "${textOf(value)}" is not a number`);
    else draft.extend('rlimits', { [name]: asked < 0 ? 'unlimited' : asked });
  };

const LOG_FILE: Convert = (_value, { draft, place }) => draft.note('minor', place, OWN_LOG);
const FLAPPING = ['active', 'attempts', 'window', 'retry_in', 'max_retry'];
const LIMITS = ['as', 'core', 'cpu', 'data', 'fsize', 'memlock', 'nofile', 'nproc', 'rss', 'stack'];
const account = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);

const streamFields = (stream: string): readonly (readonly [string, Convert])[] => [
  [`${stream}.class`, convertStream],
  [`${stream}.filename`, LOG_FILE],
  [`${stream}.max_bytes`, stream === 'stdout_stream' ? convertLogSize : unlessStdout('maxSizeMb', convertLogSize)],
  [`${stream}.backup_count`, stream === 'stdout_stream' ? convertBackups : unlessStdout('keep', convertBackups)],
  [`${stream}.time_format`, detail('healer records the time of every log line')],
  [`${stream}.refresh_time`, detail('output is read at once')],
  [`${stream}.color`, detail('concerns only the screen')],
];

/** All fields of a watcher. */
export const WATCHER_FIELDS: Readonly<Record<string, Convert>> = {
  cmd: convertedElsewhere,
  args: convertedElsewhere,
  executable: convertedElsewhere,
  shell: convertedElsewhere,
  working_dir: convertedElsewhere,
  numprocesses: convertedElsewhere,
  copy_env: convertedElsewhere,
  virtualenv: convertVirtualenv,
  shell_args: lost('shell_args: they have no effect in other shells; add them to cmd'),
  uid: (value, { draft }) => draft.set({ user: account(textOf(value)) }),
  gid: (value, { draft }) => draft.set({ group: account(textOf(value)) }),
  autostart: (value, { draft }) => {
    if (!isOn(value)) draft.set({ autostart: false });
  },
  respawn: (value, { draft }) => {
    if (!isOn(value)) draft.set({ restart: { policy: 'never' } });
  },
  max_retry: (value, { draft }) => {
    const attempts = Number(textOf(value));
    // Circus counts only starts that fail.
    if (Number.isInteger(attempts) && attempts > 0 && draft.spec.restart?.policy !== 'never')
      draft.extend('restart', { maxAttempts: attempts, resetAfterMs: 1000 });
  },
  graceful_timeout: (value, { draft, place }) => {
    const seconds = Number(textOf(value));
    if (Number.isFinite(seconds) && seconds >= 0)
      draft.extend('stop', { gracefulTimeoutMs: Math.round(seconds * 1000) });
    else draft.lose(place, `graceful_timeout: "${textOf(value)}" is not a number of seconds`);
  },
  stop_signal: (value, { draft, place }) => {
    const signal = signalOf(textOf(value));
    if (signal === null) draft.lose(place, `stop_signal: "${textOf(value)}" is not a signal`);
    else draft.extend('stop', { signal });
  },
  stop_children: (value, { draft }) => {
    if (isOn(value)) draft.extend('stop', { target: 'tree' });
  },
  max_age: lost('max_age: processes are not restarted after a time; use "schedule"'),
  max_age_variance: detail('concerns only max_age'),
  warmup_delay: minor('warmup_delay: all processes start at once'),
  priority: minor('priority: programs start together; use "dependsOn" to name the programs that a program needs'),
  on_demand: ifOn(lost('on_demand: programs start with the engine; set "autostart: false" to start it by hand')),
  use_sockets: ifOn((_value, { draft, place }) => {
    if ((draft.spec.sockets ?? []).length > 0) return;
    draft.lose(place, 'use_sockets: its command names no socket; add those that it uses to "sockets"');
  }),
  stdin_socket: (value, { draft }) => {
    draft.problem ??= `it needs the socket "${textOf(value)}", which circus opens for it`;
  },
  copy_path: ifOn(minor('copy_path: set PYTHONPATH in env')),
  singleton: detail('a program has one process unless it has "instances"'),
  send_hup: detail('"healer reload" sends SIGHUP'),
  check_flapping: detail('a crash loop starts a cooldown'),
  close_child_stdout: detail('output is always logged'),
  close_child_stderr: detail('output is always logged'),
  close_child_stdin: detail('programs have no input'),
  stream_backend: detail('concerns only circus'),
  ...Object.fromEntries(['stdout_stream', 'stderr_stream'].flatMap(streamFields)),
  ...Object.fromEntries(FLAPPING.map((name) => [`flapping.${name}`, detail('concerns only the plugin "flapping"')])),
  ...Object.fromEntries(LIMITS.map((name) => [`rlimit_${name}`, limit(name)])),
  ...Object.fromEntries(
    [
      ...['before_start', 'after_start', 'before_spawn', 'after_spawn', 'before_stop', 'after_stop'],
      ...['before_signal', 'after_signal', 'before_reap', 'after_reap', 'extended_stats'],
    ].map((name) => [`hooks.${name}`, lost('hooks are functions of Python and have no equivalent')]),
  ),
};
