import type { Environment } from '../../base/environment.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import type { Definition, Layer, SourceReading } from '../reading/source-reading.ts';
import type { Origins, SourcedSpec } from '../reading/sourced-spec.ts';
import { combineProgram } from './combine-program.ts';
import { refuseCycles, unknownDependencies, unsatisfiableDependencies } from './dependency-problems.ts';
import { expandInstances } from './expand-instances.ts';
import { readSourceFiles, type SourceReadings } from './read-sources.ts';
import { scheduleProblems } from './schedule-problems.ts';

/** The programs that several sources define together. */
export interface CombinedPrograms {
  /** One entry for each program, or for each of its instances, in the order in which programs are first defined. */
  readonly specs: readonly SourcedSpec[];
  /** Problems of each source, followed by those of the combination. */
  readonly problems: readonly ConfigProblem[];
  /** False when a definition could not be read, so that a program missing from `specs` may still be defined. */
  readonly isComplete: boolean;
  /** Paths of executables by command. */
  readonly binaries: Readonly<Record<string, string>>;
}

/** The programs to run, and the readings that they were combined from. */
export interface CombinedSources extends CombinedPrograms {
  /** The readings in effect: the latest one of each source, or the previous one of a file that is refused. */
  readonly inEffect: SourceReadings;
  /** Files whose latest edit has no effect because it contains errors. */
  readonly refused: readonly string[];
}

interface CombineOptions {
  /** The readings in effect until now; null when the engine starts. */
  readonly previous?: SourceReadings | null;
  /** Whether a file may be empty on purpose. Any other empty file is being rewritten: its previous reading stays. */
  readonly mayBeBlank?: (file: string) => boolean;
}

/**
 * Decides which readings take effect and combines them into programs. A file that is all or nothing keeps its previous
 * reading while its own content, or its combination with other sources, has errors. A file without a previous reading
 * contributes its valid parts.
 */
export function combineSources(
  { files, registry }: SourceReadings,
  { previous = null, mayBeBlank = () => true }: CombineOptions = {},
): CombinedSources {
  const previousOf = new Map(previous?.files.map((reading) => [reading.file, reading]));
  const latest = files.map((reading) =>
    reading.isBlank && !mayBeBlank(reading.file) ? (previousOf.get(reading.file) ?? reading) : reading,
  );
  const asRead = combineReadings([...latest, registry]);
  const faulty = new Set(asRead.problems.filter(({ severity }) => severity === 'error').map(({ file }) => file));
  const used = latest.map((reading) => {
    const isRefused = reading.isAllOrNothing && faulty.has(reading.file);
    return isRefused ? (previousOf.get(reading.file) ?? reading) : reading;
  });
  const refused = latest.filter((reading, index) => used[index] !== reading).map(({ file }) => file);
  const combined = refused.length === 0 ? asRead : combineReadings([...used, registry]);
  return { ...combined, problems: asRead.problems, inEffect: { files: used, registry }, refused };
}

/**
 * Combines readings into programs by id; fields of later readings override those of earlier ones. Settings for all
 * programs apply to the programs of every source, and are weaker than fields of the program itself.
 */
export function combineReadings(readings: readonly SourceReading[]): CombinedPrograms {
  const byId = groupById(readings);
  const common = commonLayers(readings);
  const defined = [...byId].filter(([, definitions]) => definitions.some(({ isOverride }) => !isOverride));
  const usable = defined.filter(([, definitions]) => definitions.every(({ isValid }) => isValid));
  const combined = usable.map(([id, definitions]) => combineProgram(id, common, definitions));
  const whole = combined.flatMap(({ program }) => program ?? []);
  const expanded = expandInstances(whole, common, (id) => byId.get(id) ?? []);
  const sound = refuseCycles(expanded.programs);
  const refused = [...combined.flatMap(({ problems }) => problems), ...expanded.problems, ...sound.problems];
  const ids = new Set([...byId.keys(), ...expanded.programs.map(({ spec }) => spec.id)]);
  return {
    specs: sound.programs.map(({ spec, definitions }) => ({ spec, origin: originOf(definitions) })),
    problems: [
      ...readings.flatMap(({ problems }) => problems),
      ...refused,
      ...unknownDependencies(sound.programs, ids),
      ...unsatisfiableDependencies(sound.programs),
      ...scheduleProblems(sound.programs),
    ],
    isComplete: refused.length === 0 && readings.every(({ isComplete }) => isComplete),
    binaries: Object.fromEntries(readings.flatMap(({ common: { binaries } }) => Object.entries(binaries))),
  };
}

/** Reads files and combines them, as an engine that starts with them and an empty registry does. */
export async function combineFiles(files: readonly string[], env: Environment): Promise<CombinedPrograms> {
  return combineReadings(await readSourceFiles(files, env));
}

/**
 * Returns where the files define each program, by id. A program with instances appears under its own id and under the id
 * of each instance.
 */
export function originsInFiles({ specs, inEffect }: CombinedSources): Origins {
  const { files, registry } = inEffect;
  const written = files.flatMap(({ definitions }) => definitions.map(({ id, origin }) => [id, origin] as const));
  // Usually the registry defines no program, and `specs` come from the files alone.
  const ofFiles = registry.definitions.length === 0 ? specs : combineReadings(files).specs;
  return new Map([...written, ...ofFiles.map(({ spec, origin }) => [spec.id, origin] as const)]);
}

function groupById(readings: readonly SourceReading[]): ReadonlyMap<string, readonly Definition[]> {
  const byId = new Map<string, Definition[]>();
  for (const definition of readings.flatMap(({ definitions }) => definitions)) {
    const known = byId.get(definition.id);
    if (known === undefined) byId.set(definition.id, [definition]);
    else known.push(definition);
  }
  return byId;
}

function commonLayers(readings: readonly SourceReading[]): readonly Layer[] {
  const healing = readings.flatMap(({ file, common }) =>
    common.healing === null ? [] : [layerWithoutPlaces(file, { healing: common.healing })],
  );
  return [...healing, ...readings.flatMap(({ common }) => common.defaults ?? [])];
}

function layerWithoutPlaces(file: string, fields: Layer['fields']): Layer {
  return { file, fields, placeAt: () => null, depthOf: () => 0 };
}

function originOf(definitions: readonly Definition[]): string {
  return [...new Set(definitions.map(({ origin }) => origin))].join(', ');
}
