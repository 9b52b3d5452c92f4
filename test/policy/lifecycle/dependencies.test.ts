import { describe, expect, test } from 'vitest';
import { describeMissing, missingDependencies, startOrder } from '../../../src/policy/lifecycle/dependencies.ts';
import type { LifecycleState, Program } from '../../../src/policy/lifecycle/state.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { at, EACH_STATE, program, RUN, spec } from '../../support/programs.ts';

const CHECK = { check: { type: 'tcp', port: 5432 } } as const;
type Condition = 'started' | 'healthy' | 'completed';

function missing(condition: Condition, state: LifecycleState, fields: Partial<Program> = {}) {
  const db = program(state, { spec: spec({ id: 'db', health: CHECK }), ...fields });
  return missingDependencies(spec({ dependsOn: [{ id: 'db', condition }] }), (id) => (id === 'db' ? db : undefined));
}

function sentence(condition: Condition, state: LifecycleState, fields: Partial<Program> = {}): string {
  return describeMissing(missing(condition, state, fields));
}

describe('a dependency', () => {
  test.each([
    ['started', 'running', 'unknown'],
    ['healthy', 'running', 'healthy'],
    ['completed', 'exited', 'unknown'],
  ] as const)('is %s if it is %s with health %s, and in no other state', (condition, name, health) => {
    const met = EACH_STATE.filter((state) => missing(condition, state, { health }).length === 0);
    expect(met.map((state) => state.name)).toEqual([name]);
  });

  test('that is running but not healthy is missing only if the condition is "healthy"', () => {
    expect(missing('healthy', { name: 'running', run: RUN }, { health: 'unhealthy' })).toHaveLength(1);
    expect(missing('started', { name: 'running', run: RUN }, { health: 'unhealthy' })).toHaveLength(0);
  });

  test.each<[Condition, LifecycleState, string]>([
    ['started', { name: 'starting', run: RUN }, 'waiting for db to start'],
    ['healthy', { name: 'running', run: RUN }, 'waiting for db to become healthy'],
    ['completed', { name: 'running', run: RUN }, 'waiting for db to complete'],
    ['started', { name: 'failed' }, 'waiting for db to start (failed: set by the test)'],
    ['started', { name: 'stopped' }, 'waiting for db to start (stopped: set by the test)'],
    ['started', { name: 'disabled' }, 'waiting for db to start (disabled: set by the test)'],
    ['started', { name: 'cooldown', until: at(0) }, 'waiting for db to start (in cooldown)'],
  ])('%s, in the state %o: %s', (condition, state, expected) => {
    expect(sentence(condition, state)).toBe(expected);
  });

  test('that does not exist, or has no health check, is named as such', () => {
    const dependent = spec({ dependsOn: ['ghost', { id: 'db', condition: 'healthy' }] });
    const db = program({ name: 'running', run: RUN }, { spec: spec({ id: 'db' }) });
    expect(describeMissing(missingDependencies(dependent, (id) => (id === 'db' ? db : undefined)))).toBe(
      'waiting for ghost to start (no such program) and for db to become healthy (it has no health check)',
    );
  });

  test('that waits for its dependent is named with the whole cycle', () => {
    const waiting = { name: 'waiting', cause: 'boot', reason: '' } as const;
    const known = new Map<string, Program>(
      (
        [
          ['a', 'b'],
          ['b', 'c'],
          ['c', 'a'],
        ] as const
      ).map(([id, other]) => [id, program(waiting, { spec: spec({ id, dependsOn: [other] }) })]),
    );
    const [a] = known.values();
    expect(a === undefined ? '' : describeMissing(missingDependencies(a.spec, (id) => known.get(id)))).toBe(
      'waiting for b to start (circular dependency: a → b → c → a)',
    );
  });

  test('is not searched for if there is none', () => {
    const none = missingDependencies(spec(), () => undefined);
    expect(none).toEqual([]);
    expect(missingDependencies(spec(), () => undefined)).toBe(none);
  });
});

test('starts dependencies first', () => {
  const specs = (
    [
      { id: 'site', dependsOn: ['api', 'cache'] },
      { id: 'api', dependsOn: ['db'] },
      { id: 'cache' },
      { id: 'db' },
    ] satisfies Partial<ProcessSpecInput>[]
  ).map(spec);
  expect(startOrder(specs)).toEqual(['db', 'api', 'cache', 'site']);
});
