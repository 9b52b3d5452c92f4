import { closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connectLocal } from '../../client/connection/connection.ts';
import { localEngineOf } from '../../client/connection/local-engine.ts';
import type { EngineStartOptions } from '../../config/instance/engine-arguments.ts';
import { openEngineLog } from '../../config/instance/engine-log.ts';
import { refuseRootInHome } from '../../config/instance/home-owner.ts';
import { resolvePaths } from '../../config/instance/paths.ts';
import { spawnEngine } from '../../config/instance/spawn-engine.ts';
import { toHealerError } from '../../protocol/errors.ts';
import { findSourceFiles } from '../definitions/source-files.ts';
import type { OfferedEngine } from '../engine/offered-engine.ts';

const FILE_FLAGS: ReadonlySet<string> = new Set(['-f', '--file']);

/** The bundle of the engine, in the same folder as that of the command line. */
const ENGINE_URL = new URL('./engine.cjs', import.meta.url);

/**
 * Starts the engine for a plain `healer up`, with no options but `--file`, before the rest of the command line is loaded: its many
 * files take longer to load than to find out that an engine is needed. Returns null for any other command line, if an engine is
 * running, and if anything is wrong: the command itself then reports that.
 */
export async function startEarly(words: readonly string[]): Promise<OfferedEngine | null> {
  const given = filesOf(words);
  if (given === null) return null;
  try {
    const paths = resolvePaths(process.env);
    refuseRootInHome(process.env, paths);
    const { files, from } = await findSourceFiles(given, paths.configDir);
    // The engine of the config folder may continue with other files.
    if (from === 'config folder' || (await isRunning(localEngineOf(paths)))) return null;
    const options: EngineStartOptions = {
      files,
      replaces: false,
      check: from === 'command line' ? 'named' : 'found',
      observes: false,
      watchedInstance: null,
      isStandalone: false,
    };
    const log = openEngineLog(paths);
    const { instance } = paths;
    const engine = spawnEngine({
      script: fileURLToPath(ENGINE_URL),
      instance,
      options,
      env: process.env,
      output: log.fd,
    });
    closeSync(log.fd);
    return engine.pid === undefined ? null : { engine, instance, options, log };
  } catch {
    return null;
  }
}

/** Returns the files of `up -f FILE ...`; null for any other command line. */
function filesOf([command, ...words]: readonly string[]): readonly string[] | null {
  if (command !== 'up' || words.length % 2 !== 0) return null;
  const pairs = words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? ''] as const] : []));
  if (pairs.some(([flag, file]) => !FILE_FLAGS.has(flag) || file === '' || file.startsWith('-'))) return null;
  return pairs.map(([, file]) => file);
}

/** @throws HealerError if an engine runs that cannot be asked */
async function isRunning(engine: ReturnType<typeof localEngineOf>): Promise<boolean> {
  try {
    (await connectLocal({ ...engine, clientName: 'healer-cli' })).close();
    return true;
  } catch (error) {
    if (toHealerError(error).code === 'ENGINE_NOT_RUNNING') return false;
    throw error;
  }
}
