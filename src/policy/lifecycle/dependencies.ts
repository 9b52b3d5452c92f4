import { findPath, topologicalOrder } from '../../base/graph.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { phased, type Program, publicName } from './state.ts';

interface Dependency {
  readonly id: string;
  readonly condition: ProcessSpec['dependsOn'][number]['condition'];
}

/** A program that another one waits for. */
export interface Missing extends Dependency {
  /** It rests: whoever wants to start the waiting program has to start this one too. */
  readonly isAtRest: boolean;
  /** What is in the way, where time alone does not help: "it failed: …". */
  readonly obstacle: string | null;
}

export type LookUp = (id: string) => Program | undefined;

const NOTHING: readonly Missing[] = [];

/** Those of its dependencies that are not there yet; empty when the program may be started. */
export function missingDependencies(spec: ProcessSpec, lookUp: LookUp): readonly Missing[] {
  if (spec.dependsOn.length === 0) return NOTHING;
  return spec.dependsOn.flatMap((dependency) => {
    const program = lookUp(dependency.id);
    if (program !== undefined && isMet(dependency.condition, program)) return [];
    return [{ ...dependency, isAtRest: isAtRest(program), obstacle: obstacleOf(spec.id, dependency, program, lookUp) }];
  });
}

/** "waiting for "db" to be healthy and for "setup" to complete (it failed: exited with code 1 after 3 ms)". */
export function describeMissing(missing: readonly Missing[]): string {
  const parts = missing.map(
    ({ id, condition, obstacle }) => `for "${id}" ${WISH[condition]}${obstacle === null ? '' : ` (${obstacle})`}`,
  );
  return `waiting ${parts.join(' and ')}`;
}

const WISH: Readonly<Record<Dependency['condition'], string>> = {
  started: 'to be running',
  healthy: 'to be healthy',
  completed: 'to complete',
};

function isMet(condition: Dependency['condition'], { state, health }: Program): boolean {
  switch (condition) {
    case 'started':
      return state.name === 'running';
    case 'healthy':
      return state.name === 'running' && health === 'healthy';
    case 'completed':
      return state.name === 'exited';
  }
}

function isAtRest(program: Program | undefined): boolean {
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
  if (program === undefined) return 'no program is called so';
  if (condition === 'healthy' && program.spec.health === null) return 'it has no health check';
  const { state, why } = program;
  switch (state.name) {
    case 'stopped':
    case 'exited':
    case 'disabled':
    case 'paused':
      return `it is ${publicName(state)}: ${why}`;
    case 'failed':
      return `it failed: ${why}`;
    case 'cooldown':
      return 'it rests after too many restarts';
    case 'waiting': {
      const circle = findPath(other, id, (node) => lookUp(node)?.spec.dependsOn.map((next) => next.id) ?? []);
      return circle === null ? null : `they depend on each other: ${[id, ...circle].join(' → ')}`;
    }
    case 'launching':
    case 'starting':
    case 'running':
    case 'stopping':
    case 'backoff':
      return null;
  }
}

/** Ids in an order in which each comes after those it depends on. */
export function startOrder(specs: Iterable<ProcessSpec>): string[] {
  const edges = new Map([...specs].map(({ id, dependsOn }) => [id, dependsOn.map((dependency) => dependency.id)]));
  return topologicalOrder(edges.keys(), (id) => edges.get(id) ?? []);
}
