import { parseProcessList } from './process-list.ts';
import { type Definition, NOTHING_COMMON, type SourceReading } from '../reading/source-reading.ts';

/** A process list as a source among others. A line says what to run and its limits; all else follows from the list. */
export function readProcessList(content: Buffer, file: string): SourceReading {
  const { entries, problems, isComplete } = parseProcessList(content, file);
  const definitions = entries.map(({ spec, origin, line, column }): Definition => {
    const { id, command, args, limits, cwd } = spec;
    return {
      id,
      file,
      origin,
      fields: { command, args, limits },
      // Names in a list are mostly those of programs that a desktop has started already (SPEC section 3).
      implied: { cwd, adopt: 'by-name' },
      placeAt: () => ({ line, column }),
      depthOf: (path) => (path[0] === 'limits' || path[0] === 'command' || path[0] === 'args' ? path.length : 0),
      isOverride: false,
      isValid: true,
    };
  });
  const isBlank = content.length === 0;
  return { file, definitions, common: NOTHING_COMMON, problems, isComplete, isBlank, isAllOrNothing: false };
}
