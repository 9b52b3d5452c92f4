import { groupNameSchema } from '../../../protocol/process-id-schema.ts';
import { schedulingSchema } from '../../../protocol/spec/scheduling-spec.ts';
import { type Convert, convertedElsewhere, detail, loseUnknown, lost, minor } from '../draft/convert-field.ts';
import { escapeDollars } from '../draft/escape-references.ts';
import { expandNow } from '../draft/interpolate.ts';
import { OWN_LOG } from '../draft/own-log.ts';
import { fieldsOf, listOf } from '../draft/plain-values.ts';
import type { Need } from '../draft/program-draft.ts';
import { signalOf } from '../draft/signal-of.ts';
import { textOf } from '../draft/text-of.ts';

const ENDING_OTHERS = ['exit_on_end', 'exit_on_skipped'];

const convertAvailability: Convert = (value, { draft, place }) => {
  const { restart, backoff_seconds: backoff, max_restarts: most, ...others } = fieldsOf(value);
  loseUnknown('availability', others, ENDING_OTHERS, { draft, place, manager: 'process-compose' });
  const written = textOf(restart ?? 'no');
  // A restart policy cannot refer to a variable, so it gets the value of now.
  const policy = expandNow(written, process.env).trim();
  if (policy !== written) draft.note('minor', place, `restart: "${written}" is now "${policy}"`);
  // Without quotes, "no" is a boolean to older parsers.
  if (policy === 'always') draft.extend('restart', { policy: 'always' });
  else if (policy === 'on_failure' || policy === 'on-failure') draft.extend('restart', { policy: 'on-failure' });
  else if (policy === 'exit_on_failure') draft.lose(place, `restart: ${OTHERS_GO_ON}`);
  else if (!['no', 'false', '""', ''].includes(policy)) draft.lose(place, `restart: "${policy}" is not a known policy`);
  if (policy === 'always' || policy.startsWith('on')) {
    const seconds = Number(backoff ?? 1);
    draft.extend('restart', { backoffMs: [Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : 1000] });
    // The first start is not a restart.
    if (Number(most ?? 0) > 0) draft.extend('restart', { maxAttempts: Number(most) + 1 });
  }
  if (others['exit_on_end'] === true) draft.lose(place, `exit_on_end: ${OTHERS_GO_ON}`);
  if (others['exit_on_skipped'] === true) draft.lose(place, `exit_on_skipped: ${OTHERS_GO_ON}`);
};

const OTHERS_GO_ON = 'the other programs keep running when this one exits';

const CONDITIONS: Readonly<Record<string, Need['condition']>> = {
  process_started: 'started',
  process_healthy: 'healthy',
  process_log_ready: 'ready',
  process_completed: 'completed',
  process_completed_successfully: 'completed',
};

const convertDependencies: Convert = (value, { draft, place }) => {
  for (const [name, dependency] of Object.entries(fieldsOf(value))) {
    const written = textOf(fieldsOf(dependency)['condition'] ?? 'process_started');
    const condition = CONDITIONS[written];
    draft.needs.push({ name, condition: condition ?? 'started', place });
    if (condition === undefined) draft.lose(place, `depends_on: "${written}" is not a known condition`);
  }
};

const SHUTDOWN_FIELDS = ['command', 'timeout_seconds', 'signal', 'parent_only'];

const convertShutdown: Convert = (value, { draft, place }) => {
  const { signal, timeout_seconds: timeout, parent_only: isMainOnly } = fieldsOf(value);
  loseUnknown('shutdown', fieldsOf(value), SHUTDOWN_FIELDS, { draft, place, manager: 'process-compose' });
  const name = signal === undefined ? null : signalOf(textOf(signal));
  if (name !== null) draft.extend('stop', { signal: name });
  else if (signal !== undefined) draft.lose(place, `shutdown.signal: "${textOf(signal)}" is not a signal`);
  if (Number(timeout ?? 0) > 0) draft.extend('stop', { gracefulTimeoutMs: Math.round(Number(timeout) * 1000) });
  if (textOf(isMainOnly ?? false) !== 'false') draft.extend('stop', { target: 'main' });
};

/** process-compose waits for a line that contains the text, for any time. */
const convertReadyLine: Convert = (value, { draft }) => {
  const text = textOf(value);
  if (text !== '') draft.set({ ready: { log: patternOf(text), timeoutMs: LONGEST_MS } });
};

/** The longest timer. */
const LONGEST_MS = 2_147_483_647;

/** Returns a regular expression for a text. Dollars are doubled, because healer.yaml expands `${NAME}`. */
function patternOf(text: string): string {
  return escapeDollars(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
}

const convertLogs: Convert = (value, { draft }) => {
  const { max_size_mb: size, max_backups: backups } = fieldsOf(fieldsOf(value)['rotation']);
  if (Number(size ?? 0) > 0) draft.extend('logs', { maxSizeMb: Number(size) });
  if (Number.isInteger(Number(backups ?? Number.NaN))) draft.extend('logs', { keep: Number(backups) });
};

const convertSchedule: Convert = (value, { draft, place }) => {
  const { cron, interval, timezone, run_on_start: isImmediate, max_concurrent: most } = fieldsOf(value);
  const times = typeof cron === 'string' ? cron : everyOf(textOf(interval ?? ''));
  if (times === null) {
    draft.lose(place, `schedule: the interval "${textOf(interval)}" cannot be expressed as a cron expression`);
    return;
  }
  draft.set({ schedule: times, ...(isImmediate !== true && { autostart: false }) });
  const timeZone = textOf(timezone ?? '');
  if (timeZone !== '' && schedulingSchema.safeParse({ timeZone }).success) draft.set({ scheduling: { timeZone } });
  else if (timeZone !== '') draft.lose(place, `schedule.timezone: "${timeZone}" is not a time zone`);
  if (Number(most ?? 1) > 1) draft.lose(place, 'schedule.max_concurrent: a job has one run at a time');
};

/** Returns an interval such as "30s" or "5m" as a cron expression; null if it does not divide a minute, an hour or a day. */
function everyOf(interval: string): string | null {
  const [, digits, unit] = /^(\d+)(s|m|h)$/.exec(interval) ?? [];
  const count = Number(digits ?? 0);
  if (count === 0) return null;
  if (unit === 's') return 60 % count === 0 && count < 60 ? `*/${String(count)} * * * * *` : null;
  if (unit === 'm') return 60 % count === 0 && count < 60 ? `*/${String(count)} * * * *` : null;
  return 24 % count === 0 && count < 24 ? `0 */${String(count)} * * *` : count === 24 ? '0 0 * * *' : null;
}

const NO_TERMINAL = lost('programs have no terminal');

/** Commands that ask another program to start something, and exit. */
const LEAVES_NOTHING =
  /\b(?:docker|podman)[ -]compose\b.*\s(?:-d|--detach)\b|\b(?:docker|podman)\s+run\b.*\s(?:-d|--detach)\b|\bsystemctl\s|\bbrew services\s/;

/** All fields of a process. */
export const PROCESS_FIELDS: Readonly<Record<string, Convert>> = {
  command: convertedElsewhere,
  entrypoint: convertedElsewhere,
  environment: convertedElsewhere,
  working_dir: convertedElsewhere,
  replicas: convertedElsewhere,
  readiness_probe: convertedElsewhere,
  liveness_probe: convertedElsewhere,
  vars: convertedElsewhere,
  is_dotenv_disabled: convertedElsewhere,
  env_file: (value, { draft }) => draft.set({ envFile: [value].flat().map(textOf) }),
  availability: convertAvailability,
  depends_on: convertDependencies,
  shutdown: convertShutdown,
  disabled: (value, { draft }) => {
    if (textOf(value) === 'true') draft.set({ autostart: false });
  },
  is_foreground: (value, { draft, place }) => {
    if (value !== true) return;
    draft.set({ autostart: false });
    draft.lose(place, 'is_foreground: programs have no terminal');
  },
  is_daemon: (value, { draft, place }) => {
    if (value !== true) return;
    draft.set({ type: 'forking' });
    const line = [draft.spec.command, ...(draft.spec.args ?? [])].join(' ');
    if (!LEAVES_NOTHING.test(line)) return;
    draft.lose(
      place,
      'is_daemon: this command leaves no process that healer could follow; let it run in the foreground, such as "docker compose up" without -d',
    );
  },
  namespace: (value, { draft, place }) => {
    const names = listOf(value).map(textOf);
    const groups = names.filter((name) => name !== 'default' && groupNameSchema.safeParse(name).success);
    if (groups.length > 0) draft.set({ groups });
    for (const name of names) {
      if (name !== 'default' && name !== '' && !groups.includes(name))
        draft.lose(place, `"${name}" cannot be the name of a group`);
    }
  },
  extends: convertedElsewhere,
  success_exit_codes: (value, { draft, place }) => {
    const codes = listOf(value).map(Number);
    const areFit = codes.every((code) => Number.isInteger(code) && code >= 0 && code <= 255);
    if (areFit) draft.extend('restart', { successExitCodes: [...new Set([0, ...codes])] });
    else draft.lose(place, 'success_exit_codes: not a list of exit codes');
  },
  schedule: convertSchedule,
  log_location: (_value, { draft, place }) => draft.note('minor', place, OWN_LOG),
  log_configuration: convertLogs,
  ready_log_line: convertReadyLine,
  is_tty: NO_TERMINAL,
  is_interactive: NO_TERMINAL,
  is_elevated: lost('is_elevated: set "user: root" and run healer as root'),
  launch_timeout_seconds: minor('launch_timeout_seconds has no equivalent'),
  description: detail('descriptions have no equivalent'),
  disable_ansi_colors: detail('concerns only the screen of process-compose'),
  disabled_ansi_colors: detail('concerns only the screen of process-compose'),
  name: detail('the key of the map is the name'),
};
