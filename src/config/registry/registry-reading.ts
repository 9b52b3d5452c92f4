import type { RegistrySource } from './registry-source.ts';
import { validSettings } from './settings.ts';
import type { Definition, SourceReading } from '../reading/source-reading.ts';
import type { ValuePath } from '../reading/located-value.ts';

/** The registry as a source among others: the last, and so the strongest. */
export function readingOfRegistry(source: RegistrySource, file: string): SourceReading {
  const { healing = null, binaries = {} } = validSettings(source.registry.settings);
  const definitions = source.definitions.map(({ id, fields, origin, isOverride }): Definition => {
    const depthOf = (path: ValuePath): number => (path[0] !== undefined && path[0] in fields ? path.length : 0);
    return { id, fields, file, origin, isOverride, depthOf, placeAt: () => null, implied: {}, isValid: true };
  });
  const common = { defaults: null, healing, binaries };
  const { problems, isComplete } = source;
  return { file, definitions, common, problems, isComplete, isBlank: false, isAllOrNothing: false };
}
