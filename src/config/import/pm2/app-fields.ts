import { parseMegabytes } from '../draft/byte-size.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import { textOf } from '../draft/text-of.ts';

interface Target {
  readonly draft: ProgramDraft;
  readonly place: string;
}

type Convert = (value: unknown, target: Target) => void;

/** What reads several fields at once has read this one. */
const elsewhere: Convert = () => undefined;

/** PM2's own business, or what healer does anyway. */
const remark =
  (message: string): Convert =>
  (_value, { draft, place }) =>
    draft.remark(place, message);

/** Named when it is switched on: switched off, it is as in healer. */
const lost =
  (message: string): Convert =>
  (value, { draft, place }) => {
    const isOff = value === false || value === null || value === '' || textOf(value) === 'false';
    if (!isOff) draft.lose(place, message);
  };

const LOG_FILE = lost('healer writes both streams to logs/<id>/current.log; "healer logs" shows them');
const PM2_ITSELF = remark('is about PM2 itself');
const LOG_TIME = remark("each line of healer's logs carries its time");

const convertMemory: Convert = (value, { draft, place }) => {
  const memoryMb = parseMegabytes(value);
  if (memoryMb === null || memoryMb <= 0) {
    draft.lose(place, `"${textOf(value)}" is no size; write limits.memoryMb in MB`);
    return;
  }
  draft.extend('limits', { memoryMb });
  draft.remark(place, 'healer counts the memory of the whole tree, PM2 that of the main process');
};

const convertKillTimeout: Convert = (value, { draft, place }) => {
  const gracefulTimeoutMs = Number(textOf(value));
  if (Number.isInteger(gracefulTimeoutMs) && gracefulTimeoutMs >= 0) draft.extend('stop', { gracefulTimeoutMs });
  else draft.lose(place, `"${textOf(value)}" is no time in milliseconds`);
};

const convertSchedule: Convert = (value, { draft }) => {
  if (typeof value === 'string' && value.trim() !== '' && value !== '0') draft.set({ schedule: value });
};

const convertTreekill: Convert = (value, { draft, place }) => {
  if (value !== false) return;
  draft.set({ leftovers: 'leave' });
  draft.lose(place, 'a stop always ends the whole tree; only what a crash leaves behind is left alone');
};

const convertFilterEnv: Convert = (value, { draft, place }) => {
  if (value === true) draft.set({ inheritEnv: false });
  else lost('single variables cannot be kept from a program; "inheritEnv: false" keeps all')(value, { draft, place });
};

const convertOwner =
  (field: 'user' | 'group'): Convert =>
  (value, { draft, place }) => {
    if (typeof value === 'string' || typeof value === 'number') draft.set({ [field]: value });
    else draft.lose(place, 'is neither a name nor a number');
  };

/** Every field of PM2's schema, by its canonical name. */
export const APP_FIELDS: Readonly<Record<string, Convert>> = {
  name: elsewhere,
  script: elsewhere,
  args: elsewhere,
  cwd: elsewhere,
  exec_interpreter: elsewhere,
  node_args: elsewhere,
  env: elsewhere,
  instances: elsewhere,
  exec_mode: elsewhere,
  increment_var: elsewhere,
  autorestart: elsewhere,
  stop_exit_codes: elsewhere,
  restart_delay: elsewhere,
  exp_backoff_restart_delay: elsewhere,
  max_restarts: elsewhere,
  min_uptime: elsewhere,
  autostart: (value, { draft }) => {
    if (value === false) draft.set({ autostart: false });
  },
  max_memory_restart: convertMemory,
  kill_timeout: convertKillTimeout,
  cron_restart: convertSchedule,
  treekill: convertTreekill,
  filter_env: convertFilterEnv,
  uid: convertOwner('user'),
  gid: convertOwner('group'),
  watch: lost('restarting when files change has no equivalent'),
  ignore_watch: lost('restarting when files change has no equivalent'),
  watch_delay: lost('restarting when files change has no equivalent'),
  watch_options: lost('restarting when files change has no equivalent'),
  out_file: LOG_FILE,
  error_file: LOG_FILE,
  log_file: LOG_FILE,
  disable_logs: lost('output is always kept; logs.maxSizeMb and logs.keep bound it'),
  merge_logs: remark('each instance has a log of its own; "healer logs" without an id shows all'),
  log_type: lost('logs are lines of text; "healer logs --json" prints JSON'),
  log_date_format: LOG_TIME,
  time: LOG_TIME,
  wait_ready: lost(
    'process.send("ready") is not waited for; a health check with its startupCheck tells when it is ready',
  ),
  listen_timeout: lost('has no equivalent; startSeconds or a health check tells when a start is done'),
  shutdown_with_message: lost('no message is sent; the program has to listen to its stop signal'),
  kill_retry_time: remark('healer needs no second try'),
  instance_var: lost('the number of the copy is in HEALER_INSTANCE'),
  namespace: lost('there are no namespaces'),
  name_prefix: lost('names have no prefix'),
  append_env_to_name: lost('the name stays as it is'),
  port: lost('is not handed on; set PORT in env'),
  source_map_support: lost('has no equivalent; "--enable-source-maps" among the arguments of node does it'),
  post_update: lost('updating from a repository has no equivalent'),
  install_url: lost('installing has no equivalent'),
  force: PM2_ITSELF,
  write: PM2_ITSELF,
  execute_command: PM2_ITSELF,
  pid_file: lost('no pid file is written; "healer describe" and "healer ls --json" tell the pid'),
  disable_source_map_support: PM2_ITSELF,
  vizion: PM2_ITSELF,
  username: PM2_ITSELF,
  pmx: PM2_ITSELF,
  automation: PM2_ITSELF,
  trace: PM2_ITSELF,
  disable_trace: PM2_ITSELF,
  v8: PM2_ITSELF,
  event_loop_inspector: PM2_ITSELF,
  deep_monitoring: PM2_ITSELF,
  io: PM2_ITSELF,
  windowsHide: PM2_ITSELF,
};
