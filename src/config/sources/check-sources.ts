import { readSources } from './read-sources.ts';
import { type MergedSources, mergeSources } from './merge-sources.ts';

/** What files define and what is wrong with them, as an engine that starts with them would find it. */
export async function checkSources(
  files: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<MergedSources> {
  return mergeSources(await readSources(files, env));
}
