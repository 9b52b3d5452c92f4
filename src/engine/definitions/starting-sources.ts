import type { EngineStartOptions } from '../../config/instance/engine-arguments.ts';
import type { Paths } from '../../config/instance/paths.ts';
import { nextSources, refuseUnusable } from '../../config/sources/next-sources.ts';
import { ParsedSources } from '../../config/sources/parsed-sources.ts';
import { addToSet, type Up } from '../../config/sources/source-set.ts';
import { isUps } from '../../config/sources/sources-note.ts';
import { parseJsonObject } from '../../base/parse-json-object.ts';
import { readRegularFile } from '../../base/regular-file.ts';

interface StartingSources {
  readonly ups: readonly Up[];
  /** What is wrong with the record of the last engine's files; null if nothing is. */
  readonly problem: string | null;
  /** The files that were examined already. */
  readonly parsed: ParsedSources;
}

interface Start extends Pick<EngineStartOptions, 'files' | 'replaces' | 'check'> {
  readonly foreground: boolean;
  readonly isManaged: boolean;
}

/** The largest text that Node can hold is twice as long. */
const MAX_STATE_BYTES = 256 * 2 ** 20;

/**
 * Returns the files that the engine reads programs from: those of the last engine, and those that it was started with. If
 * the record of the last engine is lost, they are taken from its state file.
 * @throws HealerError INVALID_CONFIG if nothing in a file that it was started with can be used
 */
export async function startingSources(
  { sourcesFile, stateFile, registryFile }: Paths,
  { files, replaces = false, check, foreground, isManaged }: Start,
): Promise<StartingSources> {
  const { ups, fresh, note } = nextSources(sourcesFile, { files, replaces });
  const parsed = new ParsedSources();
  if (check !== undefined) {
    // A service manager restarts an engine that died: it has to supervise its programs even if a file is broken by now.
    const examined = foreground || isManaged ? fresh : files;
    await refuseUnusable(ups, examined, { check, env: process.env, registryFile, parsed });
  }
  if (replaces || (note.exists && note.problem === null)) return { ups, problem: null, parsed };
  const recovered = upsInState(stateFile);
  if (!note.exists && recovered === null) return { ups, problem: null, parsed };
  const why = note.problem ?? 'it is missing';
  const found = recovered?.flat() ?? [];
  const from = found.length === 0 ? 'none of them are known' : `the state file lists ${found.join(', ')}`;
  return {
    ups: (recovered ?? []).reduce<readonly Up[]>(addToSet, addToSet([], files)),
    problem: `${why}; ${from}`,
    parsed,
  };
}

/** Returns the files that the state file records; null if there is no state file, or none that records them. */
function upsInState(path: string): readonly Up[] | null {
  let text: string;
  try {
    text = readRegularFile(path, MAX_STATE_BYTES).content.toString();
  } catch {
    return null;
  }
  const headers = text.split('\n').filter((line) => line.startsWith('{"version":'));
  const last = headers.map((line) => parseJsonObject(line)?.['ups']).findLast((ups) => ups !== undefined);
  return isUps(last) ? last : null;
}
