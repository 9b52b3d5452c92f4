import { readFileSync } from 'node:fs';
import { parseJsonObject } from './parse-json-object.ts';

/** The build writes this file beside the bundles. */
const BUILD = new URL('./build.json', import.meta.url);

/**
 * Returns an id of the build whose files are beside this module now, which may be others than the ones that this process
 * loaded. Null if this process does not run from a build.
 */
export function readBuildId(): string | null {
  try {
    const { id } = parseJsonObject(readFileSync(BUILD, 'utf8')) ?? {};
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
