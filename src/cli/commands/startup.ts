import { currentFolder } from '../../base/current-folder.ts';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { homeOf } from '../../config/instance/paths.ts';
import { ownUserName } from '../../base/own-user.ts';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureFolder, replaceFile } from '../../base/atomic-file.ts';
import { loadLibc } from '../../base/libc.ts';
import { codeOf, messageOf } from '../../base/thrown.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { OptionsOf, RunOf } from '../command/command.ts';
import type { SET_UP_COMMANDS } from '../command-groups/set-up-commands.ts';
import type { Context } from '../command/context.ts';
import { systemdUnit, UNIT_MARK, unitName, type UnitFacts } from '../engine/systemd-unit.ts';
import { unitSearchPath } from '../engine/unit-search-path.ts';
import { refuseRemote } from '../command/remote-engine.ts';

type Scope = UnitFacts['scope'];
type StartupOptions = OptionsOf<typeof SET_UP_COMMANDS.startup>;

/** The bundle of the command line, in the same folder as the code of this command. */
const CLI_URL = new URL('./cli.js', import.meta.url);
/** The home of a system-wide engine: folders that do not disappear at the end of a login session. */
const SYSTEM_HOME = '/var/lib/healer';
const SOURCES = ['healer.yaml', 'healer.yml', 'process_list.txt'];
const READABLE_BY_ALL = 0o644;

export const run: RunOf<typeof SET_UP_COMMANDS.startup> = async (context, [manager = 'systemd'], options) => {
  refuseRemote(context, 'startup');
  if (manager !== 'systemd') {
    throw new HealerError('INVALID_CONFIG', `unknown init system "${manager}" — use "systemd"`);
  }
  const scope = scopeOf(options);
  const facts = factsOf(context, scope);
  const unit = systemdUnit(facts);
  const { terminal } = context;
  const path = unitPath(scope, context);
  const steps = stepsFor(facts);
  if (options.write) writeUnit(path, unit);
  if (terminal.json) terminal.printJson({ scope, path, written: options.write, unit, next: steps });
  else if (options.write) {
    terminal.print(`Wrote ${path}. Remaining steps:`);
    for (const step of steps) terminal.print(`  ${step}`);
  } else {
    terminal.print(unit.trimEnd());
    terminal.note(`save this as "${path}", or use --write; then run: ${steps.join(' && ')}`);
  }
  return Promise.resolve(0);
};

function scopeOf({ user, system }: StartupOptions): Scope {
  if (user && system) {
    throw new HealerError('INVALID_CONFIG', '--user and --system exclude each other — choose one');
  }
  if (user || system) return system ? 'system' : 'user';
  return process.getuid?.() === 0 ? 'system' : 'user';
}

function factsOf({ paths, env }: Context, scope: Scope): UnitFacts {
  const here = currentFolder();
  return {
    scope,
    instance: paths.instance,
    node: process.execPath,
    cli: fileURLToPath(CLI_URL),
    workingDirectory: here !== null && SOURCES.some((name) => existsSync(join(here, name))) ? here : homeOf(env),
    environment: environmentOf(env, scope),
    // loginctl(1) also accepts a uid.
    userName: ownUserName().replace(/^uid /, ''),
    canNotify: loadLibc().libc !== null,
  };
}

/**
 * The engine must use the same folders as commands from this shell. The runtime folder of a session is deleted when the
 * user logs out, so a system-wide engine has its own home.
 */
function environmentOf(env: Context['env'], scope: Scope): Record<string, string> {
  const kept = scope === 'system' ? ['PATH'] : ['PATH', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME'];
  const found = kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  const home = env['HEALER_HOME'] ?? (scope === 'system' ? SYSTEM_HOME : '');
  const { PATH } = env;
  const path = PATH === undefined ? {} : { PATH: unitSearchPath(PATH, scope, homeOf(env)) };
  return { ...Object.fromEntries(found), ...path, ...(home !== '' && { HEALER_HOME: resolve(home) }) };
}

function unitPath(scope: Scope, { paths, env }: Context): string {
  const folder = scope === 'system' ? '/etc/systemd/system' : join(configHomeOf(env), 'systemd/user');
  return join(folder, unitName(paths.instance));
}

/** @throws HealerError INVALID_CONFIG for a user without a home folder: systemd runs no manager for it */
function configHomeOf(env: Context['env']): string {
  const configHome = env['XDG_CONFIG_HOME'];
  if (configHome !== undefined) return configHome;
  const home = homeOf(env);
  if (home !== '/') return join(home, '.config');
  const message = `${ownUserName()} has no home folder for a user unit; set HOME, or create a system unit with --system`;
  throw new HealerError('INVALID_CONFIG', message);
}

function writeUnit(path: string, unit: string): void {
  if (existsSync(path) && !readFileSync(path, 'utf8').startsWith(UNIT_MARK)) {
    const message = `"${path}" was not written by healer, so it is not replaced — move it away, or choose another --instance`;
    throw new HealerError('ALREADY_EXISTS', message, { path });
  }
  try {
    ensureFolder(dirname(path), 0o777);
    replaceFile(path, unit);
    chmodSync(path, READABLE_BY_ALL);
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw error;
    throw new HealerError(
      'IO_ERROR',
      `${messageOf(error)} — run the command with sudo, or create a user unit with --user`,
      {
        path,
      },
    );
  }
}

function stepsFor({ scope, instance, userName, environment }: UnitFacts): string[] {
  const name = unitName(instance);
  if (scope === 'user') {
    const linger = `loginctl enable-linger ${userName}`;
    return ['systemctl --user daemon-reload', `systemctl --user enable --now ${name}`, linger];
  }
  const home = environment['HEALER_HOME'] ?? SYSTEM_HOME;
  return ['systemctl daemon-reload', `systemctl enable --now ${name}`, `HEALER_HOME=${home} healer status`];
}
