import type { Environment } from '../../base/environment.ts';
import { resolvePaths } from '../../config/instance/paths.ts';
import { readSourcesNote } from '../../config/sources/sources-note.ts';
import { describeOthers, findOtherEngines } from '../engine/engine-elsewhere.ts';
import type { BootFacts, InstalledFacts } from './boot-facts.ts';
import { isInCache } from './launch.ts';

/** Says which configuration and state the engine uses at boot, and what differs from those of this shell. */
export function describeFolders(
  { environment, instance, launch }: BootFacts,
  env: Environment,
  installed: InstalledFacts | null,
): readonly string[] {
  const atBoot = resolvePaths(environment, instance);
  const here = resolvePaths(env, instance);
  const { configDir, stateDir } = atBoot;
  const isSame = configDir === here.configDir && stateDir === here.stateDir;
  const home = installed?.environment['HEALER_HOME'];
  const kept = `the installed file uses HEALER_HOME=${home ?? ''}, which is kept; commands from this shell use "${here.configDir}" and "${here.stateDir}" — to use these, delete the installed file first`;
  const files = readSourcesNote(atBoot.sourcesFile).ups.flat();
  return [
    `at boot, the engine uses the configuration in "${configDir}" and the state in "${stateDir}"`,
    ...(isSame ? [] : [kept]),
    ...(files.length === 0 ? [] : [`it continues with the files of the last engine: ${files.join(', ')}`]),
    ...(isSame ? describeOthers(findOtherEngines(here, env), instance) : []),
    ...(isInCache(launch.cli)
      ? [`healer runs from a cache that may be emptied ("${launch.cli}"); install it before you use this file`]
      : []),
  ];
}
