import { topologicalOrder } from '../../base/graph.ts';
import { isInstanceOf } from '../../base/instance-id.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** What an order of programs depends on. */
export type Ordered = Pick<ProcessSpec, 'id' | 'dependsOn'>;

/**
 * Returns programs with the instances of the given ones combined into a single entry under the id of their definition, and
 * dependencies on them likewise, so that definitions can be ordered like programs.
 * @param owners ids of definitions; those of single programs have no effect
 */
export function groupInstances(specs: readonly Ordered[], owners: Iterable<string>): readonly Ordered[] {
  const known = new Set(specs.map(({ id }) => id));
  const groups = [...owners].filter((id) => !known.has(id));
  if (groups.length === 0) return specs;
  const nameOf = (id: string): string => groups.find((group) => isInstanceOf(id, group)) ?? id;
  const grouped = new Map<string, Ordered>();
  for (const { id, dependsOn } of specs) {
    const name = nameOf(id);
    const needs = dependsOn.map((dependency) => ({ ...dependency, id: nameOf(dependency.id) }));
    grouped.set(name, { id: name, dependsOn: [...(grouped.get(name)?.dependsOn ?? []), ...needs] });
  }
  return [...grouped.values()];
}

/** Returns ids of definitions in the order in which they can be removed: dependents before what they depend on. */
export function removalOrder(ids: readonly string[], specs: readonly Ordered[]): readonly string[] {
  const grouped = groupInstances(specs, ids);
  const needs = new Map(grouped.map(({ id, dependsOn }) => [id, dependsOn.map((dependency) => dependency.id)]));
  const wanted = new Set(ids);
  const order = topologicalOrder([...ids, ...needs.keys()], (id) => needs.get(id) ?? []);
  return order.filter((id) => wanted.has(id)).toReversed();
}
