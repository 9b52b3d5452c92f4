import { dependentsOf } from '../../policy/lifecycle/dependencies.ts';
import { isUp } from '../../policy/lifecycle/state.ts';
import type { Engine } from '../core/engine.ts';
import { endInOrder } from './end-in-order.ts';

/**
 * Restarts programs, and those that are restarted with them (`dependsOn[].restart`). Dependents exit first, and start once
 * what they depend on was restarted.
 * @param restart restarts a program; its promise settles once the program has exited. `dependency`: it is restarted with this one
 */
export function restartInOrder(
  engine: Engine,
  ids: ReadonlySet<string>,
  restart: (id: string, dependency: string | null) => Promise<unknown>,
): void {
  const specs = [...engine.programs.values()].map(({ program }) => program.spec);
  const added = [...dependentsOf(ids, (id) => engine.dependents.of(id)).restarted].filter((id) => isActive(engine, id));
  const all = new Set([...ids, ...added]);
  engine.holdDependents(all);
  endInOrder(all, specs, (id) => {
    const done = restart(id, ids.has(id) ? null : dependencyOf(engine, id, all));
    engine.releaseDependents(id);
    return done;
  });
}

function isActive(engine: Engine, id: string): boolean {
  const state = engine.programs.get(id)?.program.state;
  return state !== undefined && (isUp(state) || state.name === 'paused');
}

function dependencyOf(engine: Engine, id: string, restarted: ReadonlySet<string>): string {
  const dependencies = engine.programs.get(id)?.program.spec.dependsOn ?? [];
  return dependencies.find((dependency) => dependency.restart && restarted.has(dependency.id))?.id ?? '';
}
