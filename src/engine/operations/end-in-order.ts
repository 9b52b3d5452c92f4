import { startOrder } from '../../policy/lifecycle/dependencies.ts';
import { isStuck } from '../../policy/lifecycle/operation-rules.ts';
import type { Ordered } from '../../config/sources/grouped-specs.ts';
import type { Engine } from '../core/engine.ts';

/**
 * Ends programs so that each one is ended after those that depend on it, directly or through programs that are not ended.
 * Independent programs are ended at the same time; programs in a dependency cycle are ended in their given order.
 * @param end ends a program; its promise settles once the program has exited
 * @returns one promise per program
 */
export function endInOrder<T>(
  ids: ReadonlySet<string>,
  specs: readonly Ordered[],
  end: (id: string) => Promise<T>,
): ReadonlyMap<string, Promise<T>> {
  const dependents = dependentsOf(specs);
  const endings = new Map<string, Promise<T>>();
  /** Includes programs that are not ended themselves but lie between others that are. */
  const passed = new Map<string, Promise<unknown>>();
  for (const id of startOrder(specs).toReversed()) {
    const before = (dependents.get(id) ?? []).flatMap((dependent) => passed.get(dependent) ?? []);
    const isFree = before.length === 0;
    if (ids.has(id)) {
      // Without dependents the program is ended at once, within this call.
      const ending = isFree ? end(id) : Promise.allSettled(before).then(() => end(id));
      endings.set(id, ending);
      passed.set(id, ending);
    } else if (!isFree) passed.set(id, Promise.allSettled(before));
  }
  for (const id of ids) if (!endings.has(id)) endings.set(id, end(id));
  return endings;
}

function dependentsOf(specs: readonly Ordered[]): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>();
  for (const { id, dependsOn } of specs) {
    for (const dependency of dependsOn) {
      const known = dependents.get(dependency.id);
      if (known === undefined) dependents.set(dependency.id, [id]);
      else known.push(id);
    }
  }
  return dependents;
}

type WatchedEngine = Pick<Engine, 'programs' | 'onChange' | 'onForgotten'>;

/** The programs whose exit is awaited, by engine. One watcher serves all of them, so that each change costs one lookup. */
const awaited = new WeakMap<WatchedEngine, Map<string, (() => void)[]>>();

/** Resolves once the stop of a program is over: it has exited, was forgotten, or survived SIGKILL. */
export function whenEnded(engine: WatchedEngine, id: string): Promise<void> {
  if (isOver(engine, id)) return Promise.resolve();
  const waiting = awaited.get(engine) ?? watchEndings(engine);
  return new Promise((resolve) => {
    const others = waiting.get(id);
    if (others === undefined) waiting.set(id, [resolve]);
    else others.push(resolve);
  });
}

function watchEndings(engine: WatchedEngine): Map<string, (() => void)[]> {
  const waiting = new Map<string, (() => void)[]>();
  const check = ({ id }: { readonly id: string }): void => {
    const resolves = waiting.get(id);
    if (resolves === undefined || !isOver(engine, id)) return;
    waiting.delete(id);
    for (const resolve of resolves) resolve();
  };
  engine.onChange.add(check);
  engine.onForgotten.add(check);
  awaited.set(engine, waiting);
  return waiting;
}

function isOver(engine: WatchedEngine, id: string): boolean {
  const state = engine.programs.get(id)?.program.state;
  return state?.name !== 'stopping' || isStuck(state);
}
