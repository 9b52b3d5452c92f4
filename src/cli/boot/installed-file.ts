import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../base/environment.ts';
import { ownUserName } from '../../base/own-user.ts';
import { homeOf, type Paths } from '../../config/instance/paths.ts';
import { gatherFacts } from './gather-facts.ts';
import { INIT_SYSTEMS, type InitSystem, markOf, type Scope, type UserFolders } from './init-systems.ts';

/** A service file that starts an engine of this instance at boot. */
export interface InstalledFile {
  readonly system: InitSystem;
  readonly scope: Scope;
  readonly path: string;
  readonly text: string;
  /** Whether healer wrote it. */
  readonly isOwn: boolean;
}

/** An installed service file, compared with the one that healer would write now. */
export interface ComparedFile {
  readonly path: string;
  readonly initSystem: string;
  readonly scope: Scope;
  /** Whether healer wrote it. */
  readonly isOwn: boolean;
  /** The user whose engine it starts, if that is another one; otherwise null. */
  readonly otherUser: string | null;
  /** The lines that differ, as pairs of what is installed and what would be written; empty for "missing". */
  readonly differences: readonly (readonly [installed: string, wanted: string])[];
  /** The command that brings the changed file into effect; null if none is needed. */
  readonly reload: string | null;
}

/** Returns the folders in which service files of this user belong. */
export function userFoldersOf(env: Environment): UserFolders {
  const home = homeOf(env);
  return { home, configHome: env['XDG_CONFIG_HOME'] ?? join(home, '.config') };
}

/** Reads the service file at a path; null if there is none. */
export function readInstalled(
  system: InitSystem,
  scope: Scope,
  { paths, env }: { readonly paths: Paths; readonly env: Environment },
): InstalledFile | null {
  const path = system.path(scope, paths.instance, userFoldersOf(env));
  if (!existsSync(path)) return null;
  const text = readFileSync(path, 'utf8');
  const isOwn = text.split('\n', 2).some((line) => line.includes(markOf(system.name).replace(/^# /, '')));
  return { system, scope, path, text, isOwn };
}

/** Compares every service file of this instance with what healer would write now. */
export function compareInstalled(paths: Paths, env: Environment): readonly ComparedFile[] {
  const found = INIT_SYSTEMS.flatMap((system) =>
    system.scopes.flatMap((scope) => readInstalled(system, scope, { paths, env }) ?? []),
  );
  return found.map((file) => compare(file, paths, env));
}

function compare({ system, scope, path, text, isOwn }: InstalledFile, paths: Paths, env: Environment): ComparedFile {
  const facts = { path, initSystem: system.name, scope, isOwn, reload: system.reload(scope) };
  const installed = system.read(text);
  const user = installed.userName;
  const isOther = user !== null && user !== ownUserName().replace(/^uid /, '');
  if (!isOwn || isOther) return { ...facts, otherUser: isOther ? user : null, differences: [] };
  const wanted = system.write(gatherFacts({ scope, paths, env, installed, keepsFolder: true }));
  return { ...facts, otherUser: null, differences: differencesOf(text, wanted) };
}

/** Pairs the lines that only one of two files has: by the name before the equals sign, otherwise by their order. */
function differencesOf(installed: string, wanted: string): ComparedFile['differences'] {
  const [before, after] = [installed, wanted].map(significantLines);
  const gone = (before ?? []).filter((line) => after?.includes(line) === false);
  const added = (after ?? []).filter((line) => before?.includes(line) === false);
  const paired = gone.map((line) => {
    const at = added.findIndex((other) => nameIn(other) === nameIn(line));
    return [line, at === -1 ? '' : (added.splice(at, 1)[0] ?? '')] as const;
  });
  return [...paired, ...added.map((line) => ['', line] as const)];
}

function significantLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function nameIn(line: string): string {
  return /^(?:Environment="|export )?[\w]+/.exec(line)?.[0] ?? '';
}
