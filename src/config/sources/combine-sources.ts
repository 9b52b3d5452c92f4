import type { Environment } from '../../base/environment.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import type { Definition, Layer, SourceReading } from '../reading/source-reading.ts';
import type { Origins, SourcedSpec } from '../reading/sourced-spec.ts';
import { combineProgram, type CombinedProgram } from './combine-program.ts';
import { refuseCycles, unknownDependencies, unsatisfiableDependencies } from './dependency-problems.ts';
import { expandInstances } from './expand-instances.ts';
import { overriddenFields, shadowedFields } from './overrides.ts';
import { readSourceFiles, readSources, type SourceReadings } from './read-sources.ts';
import { readyProblems } from './ready-problems.ts';
import { scheduleProblems } from './schedule-problems.ts';
import { socketProblems } from './socket-problems.ts';
import { type Owners, settleClaims } from './source-claims.ts';
import type { Up } from './source-set.ts';

/** The programs that several sources define together. */
export interface CombinedPrograms {
  /** One entry for each program, or for each of its instances, in the order in which programs are first defined. */
  readonly specs: readonly SourcedSpec[];
  /** Problems of each source, followed by those of the combination. */
  readonly problems: readonly ConfigProblem[];
  /** False when a definition could not be read, so that a program missing from `specs` may still be defined. */
  readonly isComplete: boolean;
  /** The files of each `up` that is not complete, and the registry if it is not: their programs may still be defined. */
  readonly incomplete: ReadonlySet<string>;
  /** Definitions that are not used because a file of another `up` defines the same id. Also among `problems`. */
  readonly conflicts: readonly ConfigProblem[];
  /** The file that each program belongs to, by id; without those that only the registry defines. */
  readonly owners: Owners;
  /** Paths of executables by command. */
  readonly binaries: Binaries;
  /** The paths that apply to a program: those of its own `up` and of the registry. */
  readonly binariesOf: (id: string) => Binaries;
}

type Binaries = Readonly<Record<string, string>>;

/** The programs to run, and the readings that they were combined from. */
export interface CombinedSources extends CombinedPrograms {
  /** The readings in effect: the latest one of each source, or the previous one of a file that is refused. */
  readonly inEffect: SourceReadings;
  /** The files as they were just read. */
  readonly latest: readonly SourceReading[];
  /** Warnings about fields of files that the registry overrides. Also among `problems`. */
  readonly shadowed: readonly ConfigProblem[];
  /** Files whose latest edit has no effect because it contains errors. */
  readonly refused: readonly string[];
}

interface CombineOptions {
  /** The readings in effect until now; null when the engine starts. */
  readonly previous?: SourceReadings | null;
  /** Whether a file may be empty on purpose. Any other empty file is being rewritten: its previous reading stays. */
  readonly mayBeBlank?: (file: string) => boolean;
  /** The files of each `healer up`. By default, all files belong to one. */
  readonly ups?: readonly Up[] | undefined;
  /** The owners of programs until now. */
  readonly owners?: Owners | undefined;
}

const NO_OWNERS: Owners = new Map();

/**
 * Decides which readings take effect and combines them into programs. A file that is all or nothing keeps its previous
 * reading while its own content, or its combination with other sources, has errors. A file without a previous reading
 * contributes its valid parts.
 */
export function combineSources(
  { files, registry }: SourceReadings,
  { previous = null, mayBeBlank = () => true, ups, owners }: CombineOptions = {},
): CombinedSources {
  const division = { ups, owners };
  const previousOf = new Map(previous?.files.map((reading) => [reading.file, reading]));
  const emptied = files.filter(
    ({ file, isBlank }) => isBlank && !mayBeBlank(file) && definesSome(previousOf.get(file)),
  );
  const latest = files.map((reading) =>
    emptied.includes(reading) ? (previousOf.get(reading.file) ?? reading) : reading,
  );
  const asRead = combineReadings([...latest, registry], division);
  const faulty = new Set(asRead.problems.filter(({ severity }) => severity === 'error').map(({ file }) => file));
  const refused = latest
    .filter(({ file, isAllOrNothing }) => isAllOrNothing && faulty.has(file) && previousOf.has(file))
    .map(({ file }) => file);
  const used = latest.map((reading) =>
    refused.includes(reading.file) ? (previousOf.get(reading.file) ?? reading) : reading,
  );
  const combined = refused.length === 0 ? asRead : combineReadings([...used, registry], division);
  const shadowed = shadowedIn(latest, registry);
  const problems = [...asRead.problems, ...emptied.map(emptiedProblem), ...shadowed];
  return { ...combined, problems, inEffect: { files: used, registry }, latest: files, shadowed, refused };
}

/** Returns a warning for each field of these files that has no effect, because the registry overrides it. */
function shadowedIn(files: readonly SourceReading[], registry: SourceReading): readonly ConfigProblem[] {
  const overrides = registry.definitions.filter(({ isOverride }) => isOverride);
  return overrides.flatMap((override) => {
    const written = files.flatMap(({ definitions }) => definitions.filter(({ id }) => id === override.id));
    return shadowedFields(override.id, [...written, override]);
  });
}

/** Returns the problems without those that follow from a command rather than from a file. */
export function withoutShadowed({ problems, shadowed }: CombinedSources): readonly ConfigProblem[] {
  return problems.filter((problem) => !shadowed.includes(problem));
}

function definesSome(reading: SourceReading | undefined): boolean {
  return reading !== undefined && reading.definitions.length > 0;
}

function emptiedProblem({ file }: SourceReading): ConfigProblem {
  const message = 'this file is empty now; its programs keep running as defined before';
  const hint = `restore it, or remove its programs with "healer down -f ${file}"`;
  return { severity: 'warning', file, line: null, column: null, message, hint };
}

/**
 * Combines readings into programs by id; fields of later readings override those of earlier ones. Settings for all
 * programs apply to the programs of the same `up`, and are weaker than fields of the program itself. Programs that only the
 * registry defines take the settings of the first `up`.
 */
export function combineReadings(
  readings: readonly SourceReading[],
  { ups = [readings.map(({ file }) => file)], owners = NO_OWNERS }: Pick<CombineOptions, 'ups' | 'owners'> = {},
): CombinedPrograms {
  const { byId, upOf, problems: conflicts } = settleClaims(readings, ups, owners);
  const settings = settingsByUp(readings, ups);
  const settingsOf = (id: string): UpSettings => settings[upOf(id) ?? 0] ?? settingsOfReadings(readings);
  const defined = [...byId].filter(([, definitions]) => definitions.some(({ isOverride }) => !isOverride));
  const usable = defined.filter(([, definitions]) => definitions.every(({ isValid }) => isValid));
  const combined = usable.map(([id, definitions]) => ({
    definitions,
    ...combineProgram(id, settingsOf(id).common, definitions),
  }));
  const whole = combined.flatMap(({ program }) => program ?? []);
  const commonOf = (id: string): readonly Layer[] => settingsOf(id).common;
  const expanded = expandInstances(whole, commonOf, (id) => byId.get(id) ?? []);
  const sound = refuseCycles(expanded.programs);
  const refused = [...combined.flatMap(({ problems }) => problems), ...expanded.problems, ...sound.problems];
  const ids = new Set([...byId.keys(), ...expanded.programs.map(({ spec }) => spec.id)]);
  const incomplete = [
    ...readings.filter(({ isComplete }) => !isComplete),
    ...refused,
    ...combined.filter(({ program }) => program === null).flatMap(({ definitions }) => definitions),
  ].map(({ file }) => file);
  const groupId = new Map(sound.programs.map(({ spec, definitions }) => [spec.id, definitions[0]?.id ?? spec.id]));
  return {
    specs: sound.programs.map(sourcedSpecOf),
    problems: [
      ...readings.flatMap(({ problems }) => problems),
      ...conflicts,
      ...refused,
      ...unknownDependencies(sound.programs, ids),
      ...unsatisfiableDependencies(sound.programs),
      ...scheduleProblems(sound.programs),
      ...readyProblems(sound.programs),
      ...socketProblems(sound.programs),
    ],
    isComplete: refused.length === 0 && readings.every(({ isComplete }) => isComplete),
    incomplete: wholeUps(incomplete, ups),
    conflicts,
    owners: ownersOf(sound.programs, ups),
    binaries: binariesOf(readings),
    binariesOf: (id) => settingsOf(groupId.get(id) ?? id).binaries,
  };
}

/** Reads the files of each `healer up` and combines them, as an engine with an empty registry does. */
export async function combineFiles(ups: readonly Up[], env: Environment): Promise<CombinedPrograms> {
  return combineReadings(await readSourceFiles(ups.flat(), env), { ups });
}

/** Returns the programs of some files, with warnings about fields that the registry overrides. */
export async function checkFiles(
  ups: readonly Up[],
  registryFile: string,
  env: Environment,
): Promise<CombinedPrograms> {
  const { files, registry } = await readSources({ files: ups.flat(), registryFile }, env);
  const combined = combineReadings(files, { ups });
  return { ...combined, problems: [...combined.problems, ...shadowedIn(files, registry)] };
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

/** Settings of the files of one `up` and of the registry. */
interface UpSettings {
  readonly common: readonly Layer[];
  readonly binaries: Binaries;
}

function settingsByUp(readings: readonly SourceReading[], ups: readonly Up[]): readonly UpSettings[] {
  const inSome = new Set(ups.flat());
  return ups.map((up) => settingsOfReadings(readings.filter(({ file }) => up.includes(file) || !inSome.has(file))));
}

function settingsOfReadings(readings: readonly SourceReading[]): UpSettings {
  return { common: commonLayers(readings), binaries: binariesOf(readings) };
}

function binariesOf(readings: readonly SourceReading[]): Binaries {
  return Object.fromEntries(readings.flatMap(({ common: { binaries } }) => Object.entries(binaries)));
}

/** Adds the other files of each `up` of which a file is incomplete, because they may define the same programs. */
function wholeUps(files: readonly string[], ups: readonly Up[]): ReadonlySet<string> {
  return new Set([...files, ...ups.filter((up) => up.some((file) => files.includes(file))).flat()]);
}

function ownersOf(programs: readonly CombinedProgram[], ups: readonly Up[]): Owners {
  const files = new Set(ups.flat());
  return new Map(
    programs.flatMap(({ spec, definitions }) => {
      const file = definitions.find((each) => !each.isOverride && files.has(each.file))?.file;
      return file === undefined ? [] : [[spec.id, file] as const];
    }),
  );
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

function sourcedSpecOf({ spec, definitions }: CombinedProgram): SourcedSpec {
  const overridden = overriddenFields(definitions);
  return { spec, origin: originOf(definitions), ...(overridden.length === 0 ? {} : { overridden }) };
}

function originOf(definitions: readonly Definition[]): string {
  return [...new Set(definitions.map(({ origin }) => origin))].join(', ');
}
