import { groupNameSchema } from '../../../protocol/process-id-schema.ts';
import { parseMegabytes } from '../draft/byte-size.ts';
import { type Convert, convertedElsewhere, detail, lost, minor } from '../draft/convert-field.ts';
import { OWN_LOG } from '../draft/own-log.ts';
import { textOf } from '../draft/text-of.ts';

const LOG_FILE = minor(OWN_LOG);
const PM2_ITSELF = detail('concerns only PM2 itself');
const LOG_TIME = detail('healer records the time of every log line');

const convertMemory: Convert = (value, { draft, place }) => {
  const memoryMb = parseMegabytes(value);
  if (memoryMb === null || memoryMb <= 0) {
    draft.lose(place, `"${textOf(value)}" is not a size; set limits.memoryMb in MB`);
    return;
  }
  draft.extend('limits', { memoryMb });
  draft.remark(place, 'healer counts the memory of the whole process tree, PM2 only that of the main process');
};

const convertKillTimeout: Convert = (value, { draft, place }) => {
  const gracefulTimeoutMs = Number(textOf(value));
  if (Number.isInteger(gracefulTimeoutMs) && gracefulTimeoutMs >= 0) draft.extend('stop', { gracefulTimeoutMs });
  else draft.lose(place, `"${textOf(value)}" is not a number of milliseconds`);
};

const convertSchedule: Convert = (value, { draft }) => {
  if (typeof value === 'string' && value.trim() !== '' && value !== '0') draft.set({ schedule: value });
};

/** PM2 signals the whole tree at once unless `treekill` is off. Then it signals only the main process. */
const convertTreekill: Convert = (value, { draft, place }) => {
  if (value !== false) return;
  draft.extend('stop', { target: 'main' });
  draft.set({ leftovers: 'leave' });
  draft.lose(place, 'child processes survive a graceful stop, but a force kill still ends the whole process tree');
};

const convertFilterEnv: Convert = (value, { draft, place }) => {
  if (value === true) draft.set({ inheritEnv: false });
  else lost('individual variables cannot be filtered; "inheritEnv: false" filters all')(value, { draft, place });
};

/** PM2 puts programs without a namespace into one that is called `default`, which selects nothing in particular. */
const convertNamespace: Convert = (value, { draft, place }) => {
  const name = textOf(value);
  if (value === null || name === '' || name === 'default') return;
  if (groupNameSchema.safeParse(name).success) draft.set({ groups: [name] });
  else draft.lose(place, `"${name}" cannot be the name of a group`);
};

const convertOwner =
  (field: 'user' | 'group'): Convert =>
  (value, { draft, place }) => {
    if (typeof value === 'string' || typeof value === 'number') draft.set({ [field]: value });
    else draft.lose(place, 'neither a name nor a number');
  };

/** All fields of PM2's schema, by canonical name. */
export const APP_FIELDS: Readonly<Record<string, Convert>> = {
  name: convertedElsewhere,
  script: convertedElsewhere,
  args: convertedElsewhere,
  cwd: convertedElsewhere,
  exec_interpreter: convertedElsewhere,
  node_args: convertedElsewhere,
  env: convertedElsewhere,
  instances: convertedElsewhere,
  exec_mode: convertedElsewhere,
  increment_var: convertedElsewhere,
  autorestart: convertedElsewhere,
  stop_exit_codes: convertedElsewhere,
  restart_delay: convertedElsewhere,
  exp_backoff_restart_delay: convertedElsewhere,
  max_restarts: convertedElsewhere,
  min_uptime: convertedElsewhere,
  wait_ready: convertedElsewhere,
  listen_timeout: convertedElsewhere,
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
  watch: lost('restarts on file changes have no equivalent'),
  ignore_watch: lost('restarts on file changes have no equivalent'),
  watch_delay: lost('restarts on file changes have no equivalent'),
  watch_options: lost('restarts on file changes have no equivalent'),
  out_file: LOG_FILE,
  error_file: LOG_FILE,
  log_file: LOG_FILE,
  disable_logs: minor('output is always logged; logs.maxSizeMb and logs.keep limit it'),
  merge_logs: detail('each instance has its own log; "healer logs" without an id shows all logs'),
  log_type: minor('logs are plain text; "healer logs --json" prints JSON'),
  log_date_format: LOG_TIME,
  time: LOG_TIME,
  shutdown_with_message: lost('no message is sent; the program has to handle its stop signal'),
  kill_retry_time: detail('healer needs no retry'),
  instance_var: lost('the instance number is in HEALER_INSTANCE'),
  namespace: convertNamespace,
  name_prefix: lost('name prefixes have no equivalent'),
  append_env_to_name: lost('the name is not changed'),
  port: lost('not passed to the program; set PORT in env'),
  env_file: lost('PM2 does not read it; add "envFile" to the program to read it at each start'),
  source_map_support: minor('no equivalent; add "--enable-source-maps" to the arguments of node'),
  post_update: minor('updates from a repository have no equivalent'),
  install_url: minor('installation has no equivalent'),
  force: PM2_ITSELF,
  write: PM2_ITSELF,
  execute_command: PM2_ITSELF,
  pid_file: minor('no pid file is written; "healer describe" and "healer ls --json" show the pid'),
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
