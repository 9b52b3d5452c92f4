import type { ConfigProblem } from '../reading/config-problem.ts';
import { type MergedSources, mergeSources } from './merge-sources.ts';
import type { SourceReading } from '../reading/source-reading.ts';

interface SettledSources {
  /** What is to be in force. */
  readonly merged: MergedSources;
  /** What was read last of each source that is in force, by file. */
  readonly inForce: ReadonlyMap<string, SourceReading>;
  /** Everything that is wrong with what was read, also with what is not put into force. */
  readonly problems: readonly ConfigProblem[];
  /** Files whose edit changes nothing, because of errors in it. */
  readonly refused: readonly string[];
}

/**
 * Decides what of freshly read sources is put into force. A source that is all or nothing and has errors, by itself or
 * together with others, stays what it was; where it was nothing yet, its good parts are better than none.
 */
export function settleSources(
  readings: readonly SourceReading[],
  before: ReadonlyMap<string, SourceReading>,
): SettledSources {
  const asRead = mergeSources(readings);
  const faulty = new Set(asRead.problems.filter(({ severity }) => severity === 'error').map(({ file }) => file));
  const used = readings.map((reading) => {
    const known = before.get(reading.file);
    return reading.isAllOrNothing && faulty.has(reading.file) && known !== undefined ? known : reading;
  });
  const refused = readings.filter((reading, index) => used[index] !== reading).map(({ file }) => file);
  return {
    merged: refused.length === 0 ? asRead : mergeSources(used),
    inForce: new Map(used.map((reading) => [reading.file, reading])),
    problems: asRead.problems,
    refused,
  };
}
