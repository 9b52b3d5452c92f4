import type { Environment } from '../../base/environment.ts';
import { HealerError } from '../../protocol/errors.ts';
import { type ConfigProblem, formatProblem } from '../reading/config-problem.ts';
import { readRegistry } from '../registry/registry-reading.ts';
import { combineReadings } from './combine-sources.ts';
import type { ParsedSources } from './parsed-sources.ts';
import { readSourceFiles } from './read-sources.ts';
import { settleClaims } from './source-claims.ts';
import { addToSet, filesOf, isInSet, type Up } from './source-set.ts';
import { readSourcesNote, type SourcesNote } from './sources-note.ts';
import { unusableTogether } from './unusable-programs.ts';
import { type FileCheck, unusableFiles } from './usable-files.ts';

/** Shown before the rest is left out. */
const SHOWN_PROBLEMS = 3;

/** How files are examined before an engine starts with them. */
interface Examination {
  readonly check: FileCheck;
  readonly env: Environment;
  /** Its programs count as known to the files. */
  readonly registryFile: string;
  /** Receives how the files were read. */
  readonly parsed: ParsedSources;
}

interface NextRequest {
  /** The files that were given to the engine. */
  readonly files: readonly string[];
  /** Whether these files replace those of the last engine. */
  readonly replaces: boolean;
}

/** The sources of an engine that is about to start. */
export interface NextSources {
  readonly ups: readonly Up[];
  /** The files that the last engine did not use. */
  readonly fresh: readonly string[];
  readonly note: SourcesNote;
}

/** Returns the sources of the next engine: those of the last one and the given files, or only the given files. */
export function nextSources(notePath: string, { files, replaces }: NextRequest): NextSources {
  const note = readSourcesNote(notePath);
  const ups = addToSet(replaces ? [] : note.ups, files);
  return { ups, fresh: files.filter((file) => !isInSet(note.ups, file)), note };
}

/**
 * Refuses to start an engine with files in which nothing can be used, or that define programs of other files again.
 * @param examined the files to examine
 * @throws HealerError INVALID_CONFIG with the first problems
 */
export async function refuseUnusable(
  ups: readonly Up[],
  examined: readonly string[],
  { check, env, registryFile, parsed }: Examination,
): Promise<void> {
  if (examined.length === 0) return;
  const isAlone = ups.length === 1;
  const readings = await readSourceFiles(isAlone ? examined : filesOf(ups), env, parsed);
  const { problems: conflicts } = settleClaims(readings, ups, new Map());
  const found = [
    ...unusableFiles(readings, examined, check),
    ...conflicts.filter(({ file }) => examined.includes(file)),
  ];
  const together = (): readonly ConfigProblem[] =>
    unusableTogether(combineReadings([...readings, readRegistry(registryFile)], { ups }), examined);
  const problems = found.length > 0 ? found : together();
  if (problems.length > 0) throw new HealerError('INVALID_CONFIG', sentenceOf(problems), { problems });
}

function sentenceOf(problems: readonly ConfigProblem[]): string {
  const shown = problems.slice(0, SHOWN_PROBLEMS).map(formatProblem).join('; ');
  const omitted = problems.length - SHOWN_PROBLEMS;
  const files = [...new Set(problems.map(({ file }) => file))];
  return `nothing was started: ${shown}${omitted > 0 ? `; and ${String(omitted)} more problems` : ''} — check with "healer config check ${files.join(' ')}"`;
}
