import { describe, expect, test } from 'vitest';
import type { ReconnectingClient } from '../../../src/client/attach/reconnecting-client.ts';
import { HealerError } from '../../../src/protocol/errors.ts';
import type { SnapshotRow } from '../../../src/protocol/snapshot.ts';
import { operateOnAll, operateOneByOne } from '../../../src/tui/engine-link/operate.ts';
import type { UiOperation } from '../../../src/tui/state/ui-operations.ts';
import { type Action, reduce } from '../../../src/tui/store/reduce.ts';
import { createStore } from '../../../src/tui/store/store.ts';
import { programRow } from '../../support/program-row.ts';
import { screenWith, snapshotTaken } from '../support/states.ts';

interface Call {
  readonly method: string;
  readonly params: unknown;
}

/** The row of a program after each request for it; null if the engine refuses. */
type Answer = (id: string) => Partial<SnapshotRow> | null;

interface Bench {
  readonly operator: Parameters<typeof operateOnAll>[0];
  readonly calls: readonly Call[];
  readonly messages: readonly string[];
}

/** A store with three programs, and an engine that answers every method. */
function bench(answer: Answer): Bench {
  const store = createStore(screenWith(['a', 'b', 'c']));
  const calls: Call[] = [];
  const messages: string[] = [];
  const call = (method: string) => (params: { readonly id: string }) => {
    calls.push({ method, params });
    const changes = answer(params.id);
    if (changes === null) return Promise.reject(new HealerError('NOT_FOUND', `no program "${params.id}\x1b[2J"`));
    const row = programRow({ id: params.id, ...changes });
    store.update((state) => snapshotTaken(state, [row], ['none']));
    return Promise.resolve({ id: row.id, state: row.state, pid: row.pid, forced: false, tookMs: 5 });
  };
  const api = new Proxy({}, { get: (_, method) => call(String(method)) });
  const dispatch = (action: Action): void => {
    if (action.kind === 'reported') messages.push(action.text);
    store.update((state) => reduce(state, action));
  };
  return { operator: { client: { api } as unknown as ReconnectingClient, store, dispatch }, calls, messages };
}

describe('an operation on all programs', () => {
  test.each<[UiOperation, string]>([
    ['start', 'start'],
    ['stop', 'stop'],
    ['kill', 'kill'],
    ['restart', 'restart'],
    ['reload', 'reload'],
    ['pause', 'pause'],
    ['resume', 'resume'],
    ['enable', 'enable'],
    ['disable', 'disable'],
    ['hold', 'hold'],
    ['release', 'release'],
    ['cooldownReset', 'cooldownReset'],
    ['remove', 'remove'],
  ])('%s calls the method %s for each', async (operation, method) => {
    const { operator, calls } = bench(() => ({}));
    const outcomes = await operateOnAll(operator, operation, ['a', 'b'], {});
    const ends = ['stop', 'kill', 'restart', 'disable', 'remove'].includes(method);
    const batch = ends ? { batch: { key: expect.any(String) as string, size: 2 } } : {};
    expect(calls).toEqual([
      { method, params: { id: 'a', ...batch } },
      { method, params: { id: 'b', ...batch } },
    ]);
    expect(outcomes.map(({ kind, id }) => [kind, id])).toEqual([
      ['done', 'a'],
      ['done', 'b'],
    ]);
  });

  test('passes its parameters', async () => {
    const { operator, calls } = bench(() => ({}));
    await operateOnAll(operator, 'hold', ['a'], { forMs: 5000 });
    expect(calls).toEqual([{ method: 'hold', params: { id: 'a', forMs: 5000 } }]);
  });

  test('continues after a refusal, whose message is sanitized', async () => {
    const { operator } = bench((id) => (id === 'a' ? null : {}));
    expect(await operateOnAll(operator, 'stop', ['a', 'b'], {})).toMatchObject([
      { kind: 'refused', id: 'a', message: 'no program "a"' },
      { kind: 'done', id: 'b' },
    ]);
  });
});

describe('a rolling restart', () => {
  test('restarts all programs, each after the previous one is up', async () => {
    const { operator, calls, messages } = bench(() => ({ pid: 5000 }));
    const outcomes = await operateOneByOne(operator, 'rolling', ['a', 'b', 'c'], {});
    expect(calls.map(({ method, params }) => [method, params])).toEqual([
      ['restart', { id: 'a' }],
      ['restart', { id: 'b' }],
      ['restart', { id: 'c' }],
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done']);
    expect(messages).toEqual([
      'Rolling restart of a: 1 of 3 ...',
      'Rolling restart of b: 2 of 3 ...',
      'Rolling restart of c: 3 of 3 ...',
    ]);
  });

  test.each<[string, Partial<SnapshotRow>]>([
    ['waits to be restarted', { state: 'backoff', pid: null }],
    ['is in cooldown', { state: 'cooldown', pid: null }],
    ['has failed', { state: 'failed', pid: null }],
    ['is unhealthy', { health: 'unhealthy', pid: 5000 }],
  ])('stops after a program that %s', async (_, changes) => {
    const { operator, calls } = bench((id) => (id === 'b' ? changes : { pid: 5000 }));
    const outcomes = await operateOneByOne(operator, 'rolling', ['a', 'b', 'c'], {});
    expect(calls).toHaveLength(2);
    expect(outcomes).toMatchObject([
      { kind: 'done', id: 'a' },
      { kind: 'done', id: 'b' },
      { kind: 'refused', id: 'c', message: 'skipped because "b" did not come back up' },
    ]);
  });

  test('stops after a refusal', async () => {
    const { operator, calls } = bench((id) => (id === 'a' ? null : {}));
    const outcomes = await operateOneByOne(operator, 'rolling', ['a', 'b', 'c'], {});
    expect(calls).toHaveLength(1);
    expect(outcomes.map(({ kind, id }) => [kind, id])).toEqual([
      ['refused', 'a'],
      ['refused', 'b'],
      ['refused', 'c'],
    ]);
  });

  test('waits until the table shows the new run', async () => {
    const { operator, calls } = bench(() => ({ state: 'starting', pid: 5000 }));
    const done = operateOneByOne(operator, 'rolling', ['a', 'b'], {});
    await Promise.resolve();
    expect(calls).toHaveLength(1);
    operator.store.update((state) => snapshotTaken(state, [programRow({ id: 'a', pid: 5000 })], ['none']));
    expect(await done).toHaveLength(2);
    expect(calls).toHaveLength(2);
  });

  test('does not wait for the last program', async () => {
    const { operator } = bench(() => ({ state: 'starting', pid: 5000 }));
    expect(await operateOneByOne(operator, 'rolling', ['a'], {})).toMatchObject([{ kind: 'done', id: 'a' }]);
  });
});
