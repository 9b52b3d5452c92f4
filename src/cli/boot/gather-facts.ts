import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentFolder } from '../../base/current-folder.ts';
import type { Environment } from '../../base/environment.ts';
import { loadLibc } from '../../base/libc.ts';
import { ownUserName } from '../../base/own-user.ts';
import { homeOf, type Paths, resolvePaths } from '../../config/instance/paths.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { BootFacts, InstalledFacts } from './boot-facts.ts';
import type { Scope } from './init-systems.ts';
import { type Launch, launchOf, realPathOrNull } from './launch.ts';
import { unitSearchPath } from './unit-search-path.ts';

/** The bundle of the command line, in the same folder as the code of this command. */
const CLI = fileURLToPath(new URL('./cli.cjs', import.meta.url));
const SOURCES = ['healer.yaml', 'healer.yml', 'process_list.txt'];

/** What decides about a service file, besides the machine. */
export interface BootWish {
  readonly scope: Scope;
  readonly paths: Paths;
  readonly env: Environment;
  /** What the file to replace says; null if there is none. */
  readonly installed: InstalledFacts | null;
  /** Whether the current folder is left out of account, as for a comparison. */
  readonly keepsFolder: boolean;
}

/**
 * Returns what a service file has to say so that the engine at boot uses the same folders as commands from this shell. The
 * folders of an installed file are kept.
 * @throws HealerError INVALID_CONFIG for a path that no service file can contain
 */
export function gatherFacts(wish: BootWish): BootFacts {
  const { scope, paths, env } = wish;
  const launch = launchFor(env, scope);
  const environment = environmentOf(wish, launch);
  const used = resolvePaths(environment, paths.instance);
  const facts: BootFacts = {
    scope,
    instance: paths.instance,
    launch,
    workingDirectory: workingDirectoryOf(wish),
    environment,
    folders: [used.configDir, used.stateDir],
    engineLog: used.engineLog,
    // loginctl(1) also accepts a uid.
    userName: ownUserName().replace(/^uid /, ''),
    canNotify: loadLibc().libc !== null,
  };
  refuseUnwritable(facts);
  return facts;
}

/** For the system, no path through a folder of a user is used, unless Node itself is installed in one. */
function launchFor(env: Environment, scope: Scope): Launch {
  const searchPath = env['PATH'] === undefined ? '' : unitSearchPath(env['PATH'], scope, homeOf(env));
  const [, calledAs = CLI] = process.argv;
  const node = realPathOrNull(process.execPath) ?? process.execPath;
  const cli = realPathOrNull(CLI) ?? CLI;
  return launchOf({ node, cli, calledAs, searchPath, realPath: realPathOrNull });
}

function workingDirectoryOf({ env, installed, keepsFolder }: BootWish): string {
  const here = keepsFolder ? null : currentFolder();
  if (here !== null && SOURCES.some((name) => existsSync(join(here, name)))) return here;
  const before = installed?.workingDirectory ?? null;
  return before !== null && existsSync(before) ? before : homeOf(env);
}

/** Returns HEALER_HOME of this shell or of the installed file; null if neither has one. */
function healerHomeOf({ env, installed }: Pick<BootWish, 'env' | 'installed'>): string | null {
  const own = env['HEALER_HOME'] ?? '';
  return own === '' ? (installed?.environment['HEALER_HOME'] ?? null) : resolve(own);
}

/** A service manager sets HOME by the user database, which may differ from that of this shell. */
function environmentOf(wish: BootWish, launch: Launch): Record<string, string> {
  const { env } = wish;
  const searchPath = searchPathOf(wish, launch);
  const path = searchPath === null ? {} : { PATH: searchPath };
  const home = healerHomeOf(wish);
  if (home !== null) return { ...path, HEALER_HOME: home };
  const userHome = homeOf(env);
  const folders = ['XDG_CONFIG_HOME', 'XDG_STATE_HOME'].flatMap((name) => {
    const value = env[name] ?? '';
    return isAbsolute(value) ? [[name, value] as const] : [];
  });
  return { ...path, ...(userHome !== '/' && { HOME: userHome }), ...Object.fromEntries(folders) };
}

/** The folder of Node comes last, so that programs find the Node that runs healer even where PATH does not lead to one. */
function searchPathOf({ env, scope, installed, keepsFolder }: BootWish, { node }: Launch): string | null {
  const before = installed?.environment['PATH'];
  // Every shell has another PATH; it is replaced only if one of its folders is gone.
  if (keepsFolder && before?.split(':').every((folder) => existsSync(folder)) === true) return before;
  const path = env['PATH'];
  if (path === undefined) return null;
  const folders = unitSearchPath(path, scope, homeOf(env)).split(':');
  return [...new Set([...folders, dirname(node)])].join(':');
}

/** @throws HealerError INVALID_CONFIG */
function refuseUnwritable({ workingDirectory, environment, launch }: BootFacts): void {
  const values = [
    ...Object.entries(environment),
    ['path of Node', launch.node],
    ['path of healer', launch.cli],
  ] as const;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const isUnwritable = (value: string): boolean => /[\u0000-\u001f\u007f]/.test(value);
  const found = values.find(([, value]) => isUnwritable(value));
  if (found !== undefined) throw refusal(found[0], found[1]);
  // systemd ignores white space at the end, and continues a line that ends with a backslash.
  if (isUnwritable(workingDirectory) || /[\s\\]$/.test(workingDirectory)) throw refusal('folder', workingDirectory);
}

function refusal(name: string, value: string): HealerError {
  const message = `the ${name} ${JSON.stringify(value)} cannot be written to a service file — use one without control characters, and without white space or a backslash at its end`;
  return new HealerError('INVALID_CONFIG', message, { name });
}
