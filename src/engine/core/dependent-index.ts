import type { DependentEdge } from '../../policy/lifecycle/dependencies.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

const NONE: readonly DependentEdge[] = [];

/** Knows the direct dependents of each program, so that finding them does not look at every program. */
export class DependentIndex {
  readonly #specs = new Map<string, ProcessSpec>();
  readonly #edges = new Map<string, DependentEdge[]>();

  /** Adds a program, or replaces its definition. */
  put(spec: ProcessSpec): void {
    const { id, dependsOn } = spec;
    const known = this.#specs.get(id);
    if (known?.dependsOn === dependsOn) return;
    this.delete(id);
    this.#specs.set(id, spec);
    for (const { id: dependency, restart } of dependsOn) {
      const edges = this.#edges.get(dependency);
      if (edges === undefined) this.#edges.set(dependency, [{ id, restart }]);
      else edges.push({ id, restart });
    }
  }

  delete(id: string): void {
    for (const { id: dependency } of this.#specs.get(id)?.dependsOn ?? []) {
      const others = (this.#edges.get(dependency) ?? NONE).filter((edge) => edge.id !== id);
      if (others.length === 0) this.#edges.delete(dependency);
      else this.#edges.set(dependency, others);
    }
    this.#specs.delete(id);
  }

  /** Returns the programs that depend on this one directly. */
  of(id: string): readonly DependentEdge[] {
    return this.#edges.get(id) ?? NONE;
  }
}
