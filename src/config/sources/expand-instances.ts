import { processIdSchema } from '../../protocol/process-id-schema.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { strayReference, textsOfInstance } from './instance-texts.ts';
import { instanceCount } from '../reading/instance-count.ts';
import { combineProgram, type CombinedProgram, problemAt } from './combine-program.ts';
import type { Definition, Layer } from '../reading/source-reading.ts';

const INSTANCE_VARIABLE = 'HEALER_INSTANCE';

interface Expanded {
  readonly programs: readonly CombinedProgram[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Replaces each program that has `instances: N` with instances `id-0` to `id-(N-1)`. A dependency on such a program
 * becomes a dependency on each of its instances. An instance whose id belongs to another program is a problem and is
 * left out.
 * @param commonOf returns the settings that apply to all programs of the same `up`
 * @param overridesOf returns the overrides of a single instance
 */
export function expandInstances(
  programs: readonly CombinedProgram[],
  commonOf: (id: string) => readonly Layer[],
  overridesOf: (id: string) => readonly Definition[],
): Expanded {
  const problems: ConfigProblem[] = [];
  const single = programs.filter(({ spec }) => spec.instances === undefined);
  const taken = new Map(single.map((program) => [program.spec.id, program]));
  const instancesOf = new Map<string, readonly string[]>();
  const expanded = programs.flatMap((program) => {
    const { id, instances } = program.spec;
    if (instances === undefined) {
      const stray = strayReference(program.spec);
      if (stray === null) return [program];
      problems.push(strayProblem(program, stray));
      return [];
    }
    const all = Array.from({ length: instanceCount(instances) }, (_, index) => ({
      id: `${id}-${String(index)}`,
      index,
    }));
    const free = all.filter((instance) => {
      const refusal = refusalOf(program, instance.id, taken);
      if (refusal === null) taken.set(instance.id, program);
      else problems.push(refusal);
      return refusal === null;
    });
    instancesOf.set(
      id,
      free.map((instance) => instance.id),
    );
    return free.flatMap((instance) => {
      const attempt = instanceOf(program, instance, commonOf(id), overridesOf(instance.id));
      problems.push(...attempt.problems);
      return attempt.program ?? [];
    });
  });
  return { programs: expanded.map((program) => dependingOnInstances(program, instancesOf)), problems };
}

function strayProblem({ spec, definitions }: CombinedProgram, field: 'args' | 'env'): ConfigProblem {
  const message = `"${spec.id}" uses the number of an instance, but has no instances`;
  return problemAt(definitions, [field], 'value', { message, hint: 'set instances, for example: instances: 4' });
}

function refusalOf(
  { spec, definitions }: CombinedProgram,
  id: string,
  taken: ReadonlyMap<string, CombinedProgram>,
): ConfigProblem | null {
  const refuse = (message: string, hint: string): ConfigProblem =>
    problemAt(definitions, ['instances'], 'value', { message, hint });
  const other = taken.get(id);
  if (other !== undefined) {
    const place = other.definitions.find(({ isOverride }) => !isOverride)?.origin ?? 'another source';
    const message = `the instance "${id}" of "${spec.id}" has the same id as a program defined in ${place}`;
    return refuse(message, 'change one of the ids');
  }
  const isId = processIdSchema.safeParse(id).success;
  return isId ? null : refuse(`the id of instance "${id}" is too long`, 'shorten the id of the program');
}

interface Instance {
  readonly id: string;
  readonly index: number;
}

function instanceOf(
  { spec, definitions }: CombinedProgram,
  { id, index }: Instance,
  common: readonly Layer[],
  overrides: readonly Definition[],
): ReturnType<typeof combineProgram> {
  const usable = overrides.filter(({ isOverride, isValid }) => isOverride && isValid);
  const attempt =
    usable.length === 0
      ? { program: { spec, definitions }, problems: [] }
      : combineProgram(id, common, [...definitions, ...usable]);
  if (attempt.program === null) return attempt;
  return { ...attempt, program: { ...attempt.program, spec: numbered(attempt.program.spec, spec, id, index) } };
}

/** Removes `instances`, so that a new number of instances does not count as a change of each instance. */
function numbered(own: ProcessSpec, group: ProcessSpec, id: string, index: number): ProcessSpec {
  const name = group.name === group.id ? id : `${group.name}-${String(index)}`;
  const { args, env } = textsOfInstance(own, index);
  const spec = { ...own, id, name, args, env: { ...env, [INSTANCE_VARIABLE]: String(index) } };
  delete spec.instances;
  return spec;
}

function dependingOnInstances(
  program: CombinedProgram,
  instancesOf: ReadonlyMap<string, readonly string[]>,
): CombinedProgram {
  const { spec } = program;
  if (!spec.dependsOn.some(({ id }) => instancesOf.has(id))) return program;
  const dependsOn = spec.dependsOn.flatMap((dependency) =>
    (instancesOf.get(dependency.id) ?? [dependency.id]).map((id) => ({ ...dependency, id })),
  );
  return { ...program, spec: { ...spec, dependsOn } };
}
