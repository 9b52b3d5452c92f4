import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { statsOf } from '../../base/stats-of.ts';
import type { Environment } from '../../base/environment.ts';
import { nameOfUid, ownHome, ownUid } from '../../base/own-user.ts';
import { environmentOf } from '../../client/connection/local-engine.ts';
import { homeOf, type Paths, resolvePaths } from '../../config/instance/paths.ts';
import { HealerError } from '../../protocol/errors.ts';

/** The number of engines that a message names. */
const SHOWN_ENGINES = 3;
/** The name of an engine in `ps`. */
const ENGINE_NAME = 'healer';

/** An engine of this user with other folders. */
export interface OtherEngine {
  readonly pid: number;
  readonly stateDir: string;
  /** The variables that lead to it, for a shell. */
  readonly prefix: string;
}

/** Adds to the error about an engine that is not running where other engines of this user run. */
export function nameOtherEngines(error: HealerError, env: Environment): HealerError {
  const { socketPath } = error.data;
  if (error.code !== 'ENGINE_NOT_RUNNING' || typeof socketPath !== 'string') return error;
  const instance = basename(socketPath, '.sock');
  const others = findOtherEngines(resolvePaths(env, instance), env);
  const foreign = describeForeignHome(env);
  if (others.length === 0 && foreign === null) return error;
  const parts = [error.message, ...(foreign === null ? [] : [foreign]), ...describeOthers(others, instance)];
  const message = parts.join('; ');
  const facts = others.map(({ pid, stateDir }) => ({ pid, stateDir }));
  return new HealerError(error.code, message, { ...error.data, others: facts });
}

/** Describes other engines and how to reach them, one sentence for each. */
export function describeOthers(others: readonly OtherEngine[], instance: string): readonly string[] {
  const omitted = others.length - SHOWN_ENGINES;
  const shown = others.slice(0, SHOWN_ENGINES).map((other) => describeOther(other, instance));
  return omitted > 0 ? [...shown, `and ${String(omitted)} more engines`] : shown;
}

/** Describes a HOME of another user, as `su` and `sudo` can leave it, with the engines of that user; null for a HOME of one's own. */
function describeForeignHome(env: Environment): string | null {
  if ((env['HEALER_HOME'] ?? '') !== '') return null;
  const home = homeOf(env);
  const owner = statsOf(home)?.uid ?? ownUid();
  if (owner === ownUid() || home === '/') return null;
  const name = nameOfUid(owner);
  const pids = enginesOf(owner);
  const engines =
    pids.length === 0 ? '' : `, who runs ${pids.length === 1 ? 'an engine' : 'engines'} (pid ${pids.join(', ')})`;
  const own = ownHome();
  const step = own === null ? 'set HOME or HEALER_HOME to a folder of yours' : `run "HOME=${own} healer …"`;
  return `HOME is "${home}", which belongs to ${name}${engines}: for an engine of yours, ${step}`;
}

function describeOther({ pid, stateDir, prefix }: OtherEngine, instance: string): string {
  const option = instance === 'default' ? '' : `--instance ${instance} `;
  return `another engine of yours (pid ${String(pid)}) has the state folder "${stateDir}": reach it with "${prefix}healer ${option}status"`;
}

/**
 * Returns the engines of this user and instance that have another state folder; none if HEALER_HOME is set, because then the
 * engine was chosen on purpose. Searches all processes, so it is slow.
 */
export function findOtherEngines(paths: Paths, env: Environment): readonly OtherEngine[] {
  if ((env['HEALER_HOME'] ?? '') !== '') return [];
  return enginesOf(ownUid()).flatMap((pid) => {
    const theirs = environmentOf(pid);
    if (theirs === null) return [];
    const found = resolvePaths(theirs.env, paths.instance, theirs.cwd);
    if (found.stateDir === paths.stateDir || !existsSync(found.socket)) return [];
    return [{ pid, stateDir: found.stateDir, prefix: prefixOf(env, theirs.env) }];
  });
}

function enginesOf(uid: number): readonly number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && isEngineOf(uid, pid));
  } catch {
    return [];
  }
}

function isEngineOf(uid: number, pid: number): boolean {
  try {
    const folder = `/proc/${String(pid)}`;
    return readFileSync(`${folder}/comm`, 'utf8').trim() === ENGINE_NAME && statSync(folder).uid === uid;
  } catch {
    return false;
  }
}

/** Returns the assignments that make a command use the folders of another environment. */
function prefixOf(ours: Environment, theirs: Environment): string {
  const home = theirs['HEALER_HOME'] ?? '';
  if (home !== '') return `HEALER_HOME=${home} `;
  const names = ['XDG_STATE_HOME', 'XDG_CONFIG_HOME'].filter((name) => ours[name] !== theirs[name]);
  const words = names.map((name) => (theirs[name] === undefined ? `-u ${name}` : `${name}=${theirs[name]}`));
  const ownHome = homeOf(theirs) === homeOf(ours) ? [] : [`HOME=${homeOf(theirs)}`];
  // env(1) expects its options before its assignments.
  const sorted = [...words, ...ownHome].sort((a, b) => Number(b.startsWith('-u ')) - Number(a.startsWith('-u ')));
  return sorted.length === 0 ? '' : `env ${sorted.join(' ')} `;
}
