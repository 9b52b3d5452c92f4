import { findCycles } from '../../base/graph.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { type MergedProgram, problemAt } from './merge-program.ts';

/** Leaves out programs that depend on each other: none of them could ever start. */
export function refuseCycles(programs: readonly MergedProgram[]): {
  readonly programs: readonly MergedProgram[];
  readonly problems: readonly ConfigProblem[];
} {
  const byId = new Map(programs.map((program) => [program.spec.id, program]));
  const edgesOf = (id: string): string[] => byId.get(id)?.spec.dependsOn.map((dependency) => dependency.id) ?? [];
  const dependent = programs.filter(({ spec }) => spec.dependsOn.length > 0).map(({ spec }) => spec.id);
  const cycles = findCycles(dependent, edgesOf);
  const refused = new Set(cycles.flat());
  const problems = cycles.map((cycle): ConfigProblem => {
    const message = `these programs wait for each other: ${cycle.join(' → ')}`;
    const definitions = byId.get(cycle[0] ?? '')?.definitions ?? [];
    return problemAt(definitions, ['dependsOn'], 'key', { message, hint: 'remove one of these dependencies' });
  });
  return { programs: programs.filter(({ spec }) => !refused.has(spec.id)), problems };
}

/** Dependencies that nothing is called. Their programs are known, and wait. */
export function unknownDependencies(programs: readonly MergedProgram[], ids: ReadonlySet<string>): ConfigProblem[] {
  const told = new Set<string>();
  return programs.flatMap(({ spec, definitions }) =>
    spec.dependsOn.flatMap(({ id }, index) => {
      const owner = definitions[0]?.id ?? spec.id;
      // Of several instances one is enough to tell.
      if (ids.has(id) || told.has(`${owner} ${id}`)) return [];
      told.add(`${owner} ${id}`);
      const nearest = nearestWord(id, [...ids]);
      const hint = nearest === null ? 'define it, or remove the dependency' : `did you mean "${nearest}"?`;
      const message = `"${owner}" depends on "${id}", and no program is called so`;
      return [problemAt(definitions, ['dependsOn', index], 'value', { message, hint })];
    }),
  );
}

/** Conditions that can never hold. Their programs are known, and wait. */
export function vainDependencies(programs: readonly MergedProgram[]): ConfigProblem[] {
  const byId = new Map(programs.map(({ spec }) => [spec.id, spec]));
  return programs.flatMap(({ spec, definitions }) =>
    spec.dependsOn.flatMap(({ id, condition }, index) => {
      const other = byId.get(id);
      const obstacle = other === undefined ? null : obstacleTo(condition, other);
      if (obstacle === null) return [];
      const message = `"${spec.id}" waits for "${id}" ${obstacle.what}`;
      return [problemAt(definitions, ['dependsOn', index], 'value', { message, hint: obstacle.hint })];
    }),
  );
}

type Condition = ProcessSpec['dependsOn'][number]['condition'];

function obstacleTo(condition: Condition, { health, restart }: ProcessSpec): { what: string; hint: string } | null {
  if (condition === 'healthy' && health === null) {
    return { what: 'to be healthy, but it has no health check', hint: 'give it "health", or wait for "started"' };
  }
  if (condition === 'completed' && restart.policy === 'always') {
    const what = 'to complete, but its restart policy "always" starts it again';
    return { what, hint: 'give it the policy "on-failure"' };
  }
  return null;
}
