import type { Fields } from '../../config/reading/source-reading.ts';
import { ignoredPatterns } from '../../config/registry/ignored-patterns.ts';
import { validSettings } from '../../config/registry/settings.ts';
import { unlimitedPrograms } from '../../policy/remote-access/whitelist-warnings.ts';

/** Returns what to warn about in the stored whitelist. @param searchPath the PATH of the engine */
export function whitelistWarnings(stored: Fields, searchPath: string | undefined): readonly string[] {
  const { patterns = [] } = validSettings(stored)['executable-whitelist'] ?? {};
  const ignored = ignoredPatterns(patterns, searchPath).map(({ message, hint }) => `${message}; ${hint}`);
  return [...ignored, ...unlimitedPrograms(patterns)];
}
