import { createHash } from 'node:crypto';
import type { SourceReadings } from './read-sources.ts';

/**
 * Identifies what the sources say, as they are written. Definitions that differ although this is the same differ only because
 * of the environment in which they were read.
 */
export function sourcesDigest({ files, registry }: SourceReadings): string {
  const { programs, overrides } = registry.content;
  const written = [files.map(({ file, digest }) => [file, digest]), programs, overrides];
  return createHash('sha256').update(JSON.stringify(written)).digest('base64').slice(0, 22);
}
