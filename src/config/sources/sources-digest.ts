import { createHash } from 'node:crypto';
import type { SourceReadings } from './read-sources.ts';

/**
 * Identifies the text of the sources. If two readings with the same text result in different definitions, only the
 * environment has changed.
 */
export function sourcesDigest({ files, registry }: SourceReadings): string {
  const { programs, overrides } = registry.content;
  const written = [files.map(({ file, digest }) => [file, digest]), programs, overrides];
  return createHash('sha256').update(JSON.stringify(written)).digest('base64').slice(0, 22);
}
