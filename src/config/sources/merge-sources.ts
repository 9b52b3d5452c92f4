import type { ConfigProblem } from '../reading/config-problem.ts';
import { refuseCycles, unknownDependencies, vainDependencies } from './dependency-problems.ts';
import { expandInstances } from './expand-instances.ts';
import { mergeProgram } from './merge-program.ts';
import { scheduleProblems } from './schedule-problems.ts';
import type { Definition, Layer, SourceReading } from '../reading/source-reading.ts';
import type { SourcedSpec } from '../reading/sourced-spec.ts';

/** What several sources come to together. */
export interface MergedSources {
  /** One a program, in the order in which they are first defined; of several instances one each. */
  readonly specs: readonly SourcedSpec[];
  /** Of the sources, and of what they come to together. */
  readonly problems: readonly ConfigProblem[];
  /** False when nobody knows which programs are gone. */
  readonly isComplete: boolean;
  /** Paths of executables by command. */
  readonly binaries: Readonly<Record<string, string>>;
}

/**
 * Puts sources together by id, later ones win field by field (SPEC section 3). What a source says for all programs
 * holds for those of every source, unless one of them says it of the program itself.
 */
export function mergeSources(readings: readonly SourceReading[]): MergedSources {
  const byId = groupById(readings);
  const common = commonLayers(readings);
  const defined = [...byId].filter(([, definitions]) => definitions.some(({ isOverride }) => !isOverride));
  const usable = defined.filter(([, definitions]) => definitions.every(({ isValid }) => isValid));
  const merged = usable.map(([id, definitions]) => mergeProgram(id, common, definitions));
  const whole = merged.flatMap(({ program }) => program ?? []);
  const expanded = expandInstances(whole, common, (id) => byId.get(id) ?? []);
  const sound = refuseCycles(expanded.programs);
  const refused = [...merged.flatMap(({ problems }) => problems), ...expanded.problems, ...sound.problems];
  const ids = new Set([...byId.keys(), ...expanded.programs.map(({ spec }) => spec.id)]);
  return {
    specs: sound.programs.map(({ spec, definitions }) => ({ spec, origin: originOf(definitions) })),
    problems: [
      ...readings.flatMap(({ problems }) => problems),
      ...refused,
      ...unknownDependencies(sound.programs, ids),
      ...vainDependencies(sound.programs),
      ...scheduleProblems(sound.programs),
    ],
    isComplete: refused.length === 0 && readings.every(({ isComplete }) => isComplete),
    binaries: Object.fromEntries(readings.flatMap(({ common: { binaries } }) => Object.entries(binaries))),
  };
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
    common.healing === null ? [] : [wordless(file, { healing: common.healing })],
  );
  return [...healing, ...readings.flatMap(({ common }) => common.defaults ?? [])];
}

function wordless(file: string, fields: Layer['fields']): Layer {
  return { file, fields, placeAt: () => null, depthOf: () => 0 };
}

function originOf(definitions: readonly Definition[]): string {
  return [...new Set(definitions.map(({ origin }) => origin))].join(', ');
}
