import { findCycles } from '../../base/graph.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { type CombinedProgram, problemAt } from './combine-program.ts';

/** Removes programs that depend on each other, because none of them could ever start. */
export function refuseCycles(programs: readonly CombinedProgram[]): {
  readonly programs: readonly CombinedProgram[];
  readonly problems: readonly ConfigProblem[];
} {
  const byId = new Map(programs.map((program) => [program.spec.id, program]));
  const edgesOf = (id: string): string[] => byId.get(id)?.spec.dependsOn.map((dependency) => dependency.id) ?? [];
  const dependent = programs.filter(({ spec }) => spec.dependsOn.length > 0).map(({ spec }) => spec.id);
  const cycles = findCycles(dependent, edgesOf);
  const refused = new Set(cycles.flat());
  const problems = cycles.map((cycle): ConfigProblem => {
    const message = `circular dependency: ${cycle.join(' → ')}`;
    const definitions = byId.get(cycle[0] ?? '')?.definitions ?? [];
    return problemAt(definitions, ['dependsOn'], 'key', { message, hint: 'remove one of these dependencies' });
  });
  return { programs: programs.filter(({ spec }) => !refused.has(spec.id)), problems };
}

/** Returns a problem for each dependency that does not exist. Programs with such a dependency are kept, and wait. */
export function unknownDependencies(programs: readonly CombinedProgram[], ids: ReadonlySet<string>): ConfigProblem[] {
  const reported = new Set<string>();
  return programs.flatMap(({ spec, definitions }) =>
    spec.dependsOn.flatMap(({ id }, index) => {
      const owner = definitions[0]?.id ?? spec.id;
      // Report it once, not for each instance.
      if (ids.has(id) || reported.has(`${owner} ${id}`)) return [];
      reported.add(`${owner} ${id}`);
      const nearest = nearestWord(id, [...ids]);
      const hint = nearest === null ? 'define it, or remove the dependency' : `did you mean "${nearest}"?`;
      const message = `"${owner}" depends on "${id}", which is not defined`;
      return [problemAt(definitions, ['dependsOn', index], 'value', { message, hint })];
    }),
  );
}

/** Returns a problem for each dependency whose condition can never be met. Its program is kept, and waits. */
export function unsatisfiableDependencies(programs: readonly CombinedProgram[]): ConfigProblem[] {
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
    return { what: 'to be healthy, but it has no health check', hint: 'add "health" to it, or wait for "started"' };
  }
  if (condition === 'healthy' && health?.enabled === false) {
    const hint = 'set health.enabled to true, or wait for "started"';
    return { what: 'to be healthy, but its health check is disabled', hint };
  }
  if (condition === 'completed' && restart.policy === 'always') {
    const what = 'to complete, but its restart policy "always" starts it again';
    return { what, hint: 'set its policy to "on-failure"' };
  }
  return null;
}
