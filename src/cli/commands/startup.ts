import { chmodSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder, replaceFile } from '../../base/atomic-file.ts';
import { ownUid, ownUserName } from '../../base/own-user.ts';
import { codeOf, messageOf } from '../../base/thrown.ts';
import { homeOf } from '../../config/instance/paths.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { BootFacts } from '../boot/boot-facts.ts';
import { describeFolders } from '../boot/describe-folders.ts';
import { gatherFacts } from '../boot/gather-facts.ts';
import { INIT_SYSTEMS, type InitSystem, ownInitSystem, type Scope } from '../boot/init-systems.ts';
import { readInstalled, userFoldersOf } from '../boot/installed-file.ts';
import { isInCache } from '../boot/launch.ts';
import type { OptionsOf, RunOf } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { refuseRemote } from '../command/remote-engine.ts';
import type { SET_UP_COMMANDS } from '../command-groups/set-up-commands.ts';

type StartupOptions = OptionsOf<typeof SET_UP_COMMANDS.startup>;

export const run: RunOf<typeof SET_UP_COMMANDS.startup> = async (context, [manager], options) => {
  refuseRemote(context, 'startup');
  const system = manager === undefined ? ownInitSystem(process.platform, existsSync) : systemNamed(manager);
  const scope = scopeOf(system, options);
  if (scope === 'user') refuseWithoutHome(context);
  const file = readInstalled(system, scope, context);
  const installed = file?.isOwn === true ? system.read(file.text) : null;
  const facts = gatherFacts({ scope, ...context, installed, keepsFolder: false });
  const text = system.write(facts);
  const path = system.path(scope, context.paths.instance, userFoldersOf(context.env));
  if (options.write) {
    refuseCache(facts);
    if (file?.isOwn === false) throw notOurs(path);
    writeServiceFile(system, path, text, facts);
  }
  report(context, { system, facts, path, text, isWritten: options.write, installed });
  return Promise.resolve(0);
};

/** @throws HealerError INVALID_CONFIG */
function systemNamed(name: string): InitSystem {
  const found = INIT_SYSTEMS.find((system) => system.name === name);
  if (found !== undefined) return found;
  const names = INIT_SYSTEMS.map((system) => `"${system.name}"`).join(', ');
  throw new HealerError('INVALID_CONFIG', `unsupported init system "${name}" — use one of ${names}`);
}

function scopeOf({ name, scopes }: InitSystem, { user, system }: StartupOptions): Scope {
  if (user && system) {
    throw new HealerError('INVALID_CONFIG', '--user and --system exclude each other — choose one');
  }
  if (user && !scopes.includes('user')) {
    throw new HealerError('INVALID_CONFIG', `${name} starts system services only — omit --user`);
  }
  if (system || !scopes.includes('user')) return 'system';
  return user || ownUid() !== 0 ? 'user' : 'system';
}

/** @throws HealerError INVALID_CONFIG for a user without a home folder: no manager of services is run for it */
function refuseWithoutHome({ env }: Context): void {
  if (env['XDG_CONFIG_HOME'] !== undefined || homeOf(env) !== '/') return;
  const message = `${ownUserName()} has no home folder for a user unit; set HOME, or create a system unit with --system`;
  throw new HealerError('INVALID_CONFIG', message);
}

/** @throws HealerError INVALID_CONFIG if healer runs from a cache */
function refuseCache({ launch }: BootFacts): void {
  if (!isInCache(launch.cli)) return;
  const message = `healer runs from a cache that may be emptied ("${launch.cli}") — install it with "npm install --global healer", then repeat the command`;
  throw new HealerError('INVALID_CONFIG', message);
}

function notOurs(path: string): HealerError {
  const message = `"${path}" was not written by healer, so it is not replaced — move it away, or choose another --instance`;
  return new HealerError('ALREADY_EXISTS', message, { path });
}

function writeServiceFile({ mode, printsToFile }: InitSystem, path: string, text: string, facts: BootFacts): void {
  try {
    if (printsToFile) ensureFolder(dirname(facts.engineLog), 0o700);
    ensureFolder(dirname(path), 0o777);
    replaceFile(path, text);
    chmodSync(path, mode);
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

interface Written {
  readonly system: InitSystem;
  readonly facts: BootFacts;
  readonly path: string;
  readonly text: string;
  readonly isWritten: boolean;
  readonly installed: ReturnType<InitSystem['read']> | null;
}

function report({ terminal, env }: Context, { system, facts, path, text, isWritten, installed }: Written): void {
  const steps = [...system.steps(facts, path, ownUid()), statusCommand(facts, env)];
  const notes = describeFolders(facts, env, installed);
  if (terminal.json) {
    const { name: initSystem } = system;
    terminal.printJson({ initSystem, scope: facts.scope, path, written: isWritten, unit: text, next: steps, notes });
    return;
  }
  if (isWritten) {
    for (const note of notes) terminal.note(note);
    terminal.print(`Wrote ${path}. Remaining steps:`);
    for (const step of steps) terminal.print(`  ${step}`);
    return;
  }
  terminal.print(text.trimEnd());
  for (const note of notes) terminal.note(note);
  terminal.note(`save this as "${path}", or use --write; then run: ${steps.join(' && ')}`);
}

/** Returns the command that shows the engine of the service from this shell. */
function statusCommand({ environment, instance }: BootFacts, env: Context['env']): string {
  const home = environment['HEALER_HOME'];
  const variables = home === undefined || home === env['HEALER_HOME'] ? '' : `HEALER_HOME=${shellWord(home)} `;
  return `${variables}healer status${instance === 'default' ? '' : ` --instance ${instance}`}`;
}

function shellWord(text: string): string {
  return /^[\w/.:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
