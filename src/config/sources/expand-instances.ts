import { processIdSchema } from '../../protocol/process-id-schema.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { mergeProgram, type MergedProgram, problemAt } from './merge-program.ts';
import type { Definition, Layer } from '../reading/source-reading.ts';

const INSTANCE_VARIABLE = 'HEALER_INSTANCE';

interface Expanded {
  readonly programs: readonly MergedProgram[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Makes copies `id-0` to `id-(N-1)` of programs that ask for them, and lets those that depend on such a program depend on
 * each copy. A copy whose id is taken is a problem; what has the id by itself stays.
 * @param overridesOf what is said of a single copy
 */
export function expandInstances(
  programs: readonly MergedProgram[],
  common: readonly Layer[],
  overridesOf: (id: string) => readonly Definition[],
): Expanded {
  const problems: ConfigProblem[] = [];
  const single = programs.filter(({ spec }) => spec.instances === undefined);
  const taken = new Map(single.map((program) => [program.spec.id, program]));
  const copiesOf = new Map<string, readonly string[]>();
  const expanded = programs.flatMap((program) => {
    const { id, instances } = program.spec;
    if (instances === undefined) return [program];
    const copies = Array.from({ length: instances }, (_, index) => ({ id: `${id}-${String(index)}`, index }));
    const free = copies.filter((copy) => {
      const refusal = refusalOf(program, copy.id, taken);
      if (refusal === null) taken.set(copy.id, program);
      else problems.push(refusal);
      return refusal === null;
    });
    copiesOf.set(
      id,
      free.map((copy) => copy.id),
    );
    return free.flatMap((copy) => {
      const attempt = copyOf(program, copy, common, overridesOf(copy.id));
      problems.push(...attempt.problems);
      return attempt.program ?? [];
    });
  });
  return { programs: expanded.map((program) => dependingOnCopies(program, copiesOf)), problems };
}

function refusalOf(
  { spec, definitions }: MergedProgram,
  id: string,
  taken: ReadonlyMap<string, MergedProgram>,
): ConfigProblem | null {
  const refuse = (message: string, hint: string): ConfigProblem =>
    problemAt(definitions, ['instances'], 'value', { message, hint });
  const other = taken.get(id);
  if (other !== undefined) {
    const place = other.definitions.find(({ isOverride }) => !isOverride)?.origin ?? 'another source';
    const message = `the instance "${id}" of "${spec.id}" has the id of a program that is defined in ${place}`;
    return refuse(message, 'give one of them another id');
  }
  const isId = processIdSchema.safeParse(id).success;
  return isId ? null : refuse(`the instance "${id}" has too long an id`, 'give the program a shorter id');
}

interface Copy {
  readonly id: string;
  readonly index: number;
}

function copyOf(
  { spec, definitions }: MergedProgram,
  { id, index }: Copy,
  common: readonly Layer[],
  overrides: readonly Definition[],
): ReturnType<typeof mergeProgram> {
  const usable = overrides.filter(({ isOverride, isValid }) => isOverride && isValid);
  const attempt =
    usable.length === 0
      ? { program: { spec, definitions }, problems: [] }
      : mergeProgram(id, common, [...definitions, ...usable]);
  if (attempt.program === null) return attempt;
  return { ...attempt, program: { ...attempt.program, spec: numbered(attempt.program.spec, spec, id, index) } };
}

/** The number of copies is of no concern to a copy: a change of it must not look like a change of each. */
function numbered(own: ProcessSpec, group: ProcessSpec, id: string, index: number): ProcessSpec {
  const name = group.name === group.id ? id : `${group.name}-${String(index)}`;
  const spec = { ...own, id, name, env: { ...own.env, [INSTANCE_VARIABLE]: String(index) } };
  delete spec.instances;
  return spec;
}

function dependingOnCopies(program: MergedProgram, copiesOf: ReadonlyMap<string, readonly string[]>): MergedProgram {
  const { spec } = program;
  if (!spec.dependsOn.some(({ id }) => copiesOf.has(id))) return program;
  const dependsOn = spec.dependsOn.flatMap((dependency) =>
    (copiesOf.get(dependency.id) ?? [dependency.id]).map((id) => ({ ...dependency, id })),
  );
  return { ...program, spec: { ...spec, dependsOn } };
}
