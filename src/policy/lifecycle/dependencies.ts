import { findPath, topologicalOrder } from '../../base/graph.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { activeCheck } from '../health.ts';
import { phased, type Program, publicName } from './state.ts';

interface Dependency {
  readonly id: string;
  readonly condition: ProcessSpec['dependsOn'][number]['condition'];
}

/** A dependency that is not met yet. */
export interface Missing extends Dependency {
  /** It is not running and no start is pending, so that a requested start has to start it too. */
  readonly isIdle: boolean;
  /** What prevents it, if waiting alone does not help: "failed: …". */
  readonly obstacle: string | null;
}

export type LookUp = (id: string) => Program | undefined;

const NOTHING: readonly Missing[] = [];

/**
 * Returns the dependencies that are not met yet; empty if the program may be started.
 * @param isAboutToRestart whether a program counts as not started, because it is restarted next
 */
export function missingDependencies(
  spec: ProcessSpec,
  lookUp: LookUp,
  isAboutToRestart: (id: string) => boolean = () => false,
): readonly Missing[] {
  if (spec.dependsOn.length === 0) return NOTHING;
  return spec.dependsOn.flatMap((dependency) => {
    const program = lookUp(dependency.id);
    if (program !== undefined && isAboutToRestart(dependency.id))
      return [{ ...dependency, isIdle: false, obstacle: null }];
    if (program !== undefined && isMet(dependency.condition, program)) return [];
    return [{ ...dependency, isIdle: isIdle(program), obstacle: obstacleOf(spec.id, dependency, program, lookUp) }];
  });
}

/** Returns, e.g., "waiting for db to become healthy and for setup to complete (failed: exited with code 1 after 3 ms)". */
export function describeMissing(missing: readonly Missing[]): string {
  const parts = missing.map(
    ({ id, condition, obstacle }) =>
      `for ${id} ${CONDITION_TEXTS[condition]}${obstacle === null ? '' : ` (${obstacle})`}`,
  );
  return `waiting ${parts.join(' and ')}`;
}

const CONDITION_TEXTS: Readonly<Record<Dependency['condition'], string>> = {
  started: 'to start',
  ready: 'to become ready',
  healthy: 'to become healthy',
  completed: 'to complete',
};

function isMet(condition: Dependency['condition'], { state, health }: Program): boolean {
  switch (condition) {
    case 'started':
    case 'ready':
      return state.name === 'running';
    case 'healthy':
      return state.name === 'running' && health === 'healthy';
    case 'completed':
      return state.name === 'exited';
  }
}

function isIdle(program: Program | undefined): boolean {
  if (program === undefined) return false;
  const { state } = program;
  if (state.name === 'stopping') return state.goal.kind === 'stop';
  return phased(state).phase === 'idle';
}

function obstacleOf(
  id: string,
  { id: other, condition }: Dependency,
  program: Program | undefined,
  lookUp: LookUp,
): string | null {
  if (program === undefined) return 'no such program';
  if (condition === 'healthy' && activeCheck(program.spec) === null)
    return program.spec.health === null ? 'it has no health check' : 'its health check is disabled';
  const { state, why } = program;
  switch (state.name) {
    case 'stopped':
    case 'exited':
    case 'disabled':
    case 'paused':
      return why.startsWith(publicName(state)) ? why : `${publicName(state)}: ${why}`;
    case 'failed':
      return `failed: ${why}`;
    case 'cooldown':
      return 'in cooldown';
    case 'waiting': {
      if (state.for === 'display') return why;
      const cycle = findPath(other, id, (node) => lookUp(node)?.spec.dependsOn.map((next) => next.id) ?? []);
      return cycle === null ? null : `circular dependency: ${[id, ...cycle].join(' → ')}`;
    }
    case 'launching':
    case 'starting':
    case 'running':
    case 'stopping':
    case 'backoff':
      return null;
  }
}

/** The programs that depend on some others, directly or through other dependents. */
export interface Dependents {
  /** They are restarted with their dependencies (`dependsOn[].restart`). */
  readonly restarted: ReadonlySet<string>;
  readonly others: ReadonlySet<string>;
}

/** A program that depends on another one directly. `restart`: it is restarted with it. */
export interface DependentEdge {
  readonly id: string;
  readonly restart: boolean;
}

/** Returns the dependents of programs, without these programs themselves. @param edgesOf returns the direct dependents of a program */
export function dependentsOf(ids: ReadonlySet<string>, edgesOf: (id: string) => readonly DependentEdge[]): Dependents {
  const spread = (follows: (edge: DependentEdge) => boolean): Set<string> => {
    const found = new Set(ids);
    // Iterating over a set includes elements that are added during the iteration.
    for (const id of found) for (const edge of edgesOf(id)) if (follows(edge)) found.add(edge.id);
    for (const id of ids) found.delete(id);
    return found;
  };
  const restarted = spread(({ restart }) => restart);
  const others = spread(() => true);
  for (const id of restarted) others.delete(id);
  return { restarted, others };
}

/** Returns the ids in an order in which dependencies come first. */
export function startOrder(specs: Iterable<Pick<ProcessSpec, 'id' | 'dependsOn'>>): string[] {
  const edges = new Map([...specs].map(({ id, dependsOn }) => [id, dependsOn.map((dependency) => dependency.id)]));
  return topologicalOrder(edges.keys(), (id) => edges.get(id) ?? []);
}
