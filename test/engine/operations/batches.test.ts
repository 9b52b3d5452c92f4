import { describe, expect, test } from 'vitest';
import { Batches } from '../../../src/engine/operations/batches.ts';
import type { OperationResult } from '../../../src/protocol/results/operation-result.ts';
import { TestEngine } from '../../support/test-engine.ts';

/** Starts web → api → db, and reports → db. Each takes 100 ms to exit. */
function chain(): TestEngine {
  const it = new TestEngine();
  for (const id of ['db', 'api', 'web', 'reports']) it.runner.behave(id, { endsAfterMs: 100 });
  it.run({ id: 'db' });
  it.run({ id: 'api', dependsOn: ['db'] });
  it.run({ id: 'web', dependsOn: ['api'] });
  it.run({ id: 'reports', dependsOn: ['db'] });
  it.runner.actions.splice(0);
  return it;
}

function requestAll(
  it: TestEngine,
  operation: 'stop' | 'restart' | 'disable',
  ids: readonly string[],
  size = ids.length,
): Promise<OperationResult[]> {
  const batches = new Batches(it.engine, it.clock, (id) =>
    it.operations.request('restart', id, { graceful: true, timeoutMs: null }),
  );
  return Promise.all(
    ids.map((id) =>
      batches.run(operation, id, { key: 'k', size }, () =>
        it.operations.request(operation, id, { graceful: true, timeoutMs: null }),
      ),
    ),
  );
}

async function wave(it: TestEngine): Promise<string[]> {
  const signaled = it.runner.actions.splice(0).filter((action) => action.startsWith('SIGTERM'));
  it.clock.advance(100);
  await new Promise((resolve) => setImmediate(resolve));
  return signaled.map((action) => action.slice(8, -2)).toSorted();
}

describe('the requests of one command', () => {
  test.each(['stop', 'disable', 'restart'] as const)('%s dependents before their dependencies', async (operation) => {
    const it = chain();
    const done = requestAll(it, operation, ['db', 'api', 'web', 'reports']);
    expect(await wave(it)).toEqual(['reports', 'web']);
    expect(await wave(it)).toEqual(['api']);
    expect(await wave(it)).toEqual(['db']);
    await expect(done).resolves.toHaveLength(4);
  });

  test('respect a dependency on another program that keeps running', async () => {
    const it = chain();
    const done = requestAll(it, 'stop', ['db', 'web']);
    expect(await wave(it)).toEqual(['web']);
    expect(await wave(it)).toEqual(['db']);
    await done;
    expect(it.state('api')).toBe('running');
  });

  test('restart dependents only after their dependencies', async () => {
    const it = chain();
    void requestAll(it, 'restart', ['db', 'api', 'web', 'reports']);
    await wave(it);
    expect(it.state('web')).toBe('waiting');
    await wave(it);
    await wave(it);
    it.clock.advance(5_000);
    const spawned = it.runner.actions.filter((action) => action.startsWith('spawn'));
    expect(spawned).toEqual(['spawn db 2', 'spawn reports 2', 'spawn api 2', 'spawn web 2']);
  });

  test('are performed without the missing ones after a second', async () => {
    const it = chain();
    const done = requestAll(it, 'stop', ['web'], 2);
    expect(await wave(it)).toEqual([]);
    it.clock.advance(900);
    expect(await wave(it)).toEqual(['web']);
    await expect(done).resolves.toHaveLength(1);
  });
});
