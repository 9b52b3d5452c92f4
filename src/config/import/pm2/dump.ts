import { APP_FIELDS } from './app-fields.ts';
import type { App } from './ecosystem-app.ts';

/** Fields of a dumped app that mean the same in an ecosystem file. */
const SAME = [
  ...['name', 'args', 'instances', 'exec_mode', 'autorestart', 'cron_restart', 'max_memory_restart', 'max_restarts'],
  ...['min_uptime', 'kill_timeout', 'restart_delay', 'exp_backoff_restart_delay', 'watch', 'node_args', 'treekill'],
  ...['namespace', 'wait_ready'],
];

/** Returns whether an app comes from `pm2 save` (dump.pm2) or `pm2 jlist` rather than from an ecosystem file. */
export function isDumped(app: App): boolean {
  return 'pm_exec_path' in app || (isObject(app['pm2_env']) && 'pm_exec_path' in app['pm2_env']);
}

/**
 * Returns a dumped app as an app of an ecosystem file. PM2 stores the whole environment of the shell that started it; variables
 * with the value that they have here come from the shell and are left out.
 * @param environment the environment of this process
 */
export function fromDump(app: App, environment: Readonly<Record<string, string | undefined>>): App {
  const dumped = isObject(app['pm2_env']) ? app['pm2_env'] : app;
  const same = SAME.filter((name) => dumped[name] !== undefined && dumped[name] !== null);
  return {
    ...Object.fromEntries(same.map((name) => [name, dumped[name]])),
    // Without wait_ready, it is a default of PM2.
    ...(dumped['wait_ready'] === true && { listen_timeout: dumped['listen_timeout'] }),
    script: dumped['pm_exec_path'],
    ...(dumped['pm_cwd'] !== undefined && { cwd: dumped['pm_cwd'] }),
    ...(dumped['exec_interpreter'] !== undefined && { interpreter: dumped['exec_interpreter'] }),
    ...(isObject(dumped['env']) && { env: ownVariables(dumped['env'], environment, dumped['name']) }),
  };
}

/** Variables of a login or a shell, and those that PM2 sets itself. */
const OF_THE_SHELL =
  /^(?:PATH|PWD|OLDPWD|HOME|USER|LOGNAME|SHELL|SHLVL|TERM.*|COLORTERM|EDITOR|VISUAL|PAGER|LANG|LANGUAGE|LC_.*|LS_COLORS|LESS.*|MAIL|HOSTNAME|HIST.*|DISPLAY|WAYLAND_DISPLAY|TMUX.*|STY|VTE_.*|SSH_.*|XDG_.*|DBUS_.*|SUDO_.*|NVM_.*|npm_.*|INIT_CWD|PM2_.*|pm_.*|NODE_APP_INSTANCE|unique_id|vizion_running|_)$/;

function ownVariables(
  env: App,
  environment: Readonly<Record<string, string | undefined>>,
  app: unknown,
): Readonly<Record<string, unknown>> {
  // PM2 adds a variable with the name of the app, which has settings of its monitoring.
  // From an ecosystem file, it adds the fields of the app too.
  const isField = (name: string): boolean =>
    env['PM2_JSON_PROCESSING'] !== undefined && Object.hasOwn(APP_FIELDS, name);
  const own = Object.entries(env).filter(
    ([name, value]) =>
      !OF_THE_SHELL.test(name) && !isObject(value) && environment[name] !== value && name !== app && !isField(name),
  );
  return Object.fromEntries(own);
}

function isObject(value: unknown): value is App {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
