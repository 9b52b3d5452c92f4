import { PACKAGE_VERSION } from '../../../src/base/package-version.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ClientState,
  type Clock,
  createReconnectingClient,
} from '../../../src/client/attach/reconnecting-client.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { HealerError } from '../../../src/protocol/errors.ts';
import { type FakeEngine, type FakeHandlers, startFakeEngine } from '../../support/fake-engine.ts';
import { engineEvent, snapshotMessage } from '../../support/program-row.ts';
import { waitFor } from '../../support/wait-for.ts';

/** A clock that only the test advances. */
class ManualClock implements Clock {
  readonly timers: { readonly delayMs: number; readonly callback: () => void }[] = [];

  after(delayMs: number, callback: () => void): () => void {
    const timer = { delayMs, callback };
    this.timers.push(timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index !== -1) this.timers.splice(index, 1);
    };
  }

  async fireNext(): Promise<number> {
    const timer = await waitFor(() => this.timers.shift(), 'a retry to be scheduled');
    timer.callback();
    return timer.delayMs;
  }
}

let folder: string;
let socketPath: string;
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'healer-reconnect-'));
  socketPath = join(folder, 'default.sock');
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await rm(folder, { recursive: true, force: true });
});

async function startEngine(handlers: FakeHandlers = {}): Promise<FakeEngine> {
  const engine = await startFakeEngine({ socketPath, handlers });
  cleanups.push(() => engine.close());
  return engine;
}

function createClient() {
  const clock = new ManualClock();
  const client = createReconnectingClient({ socketPath, clientName: 'test', clock });
  const states: ClientState['status'][] = [];
  client.onState((state) => states.push(state.status));
  cleanups.push(() => {
    client.close();
  });
  return { client, clock, states };
}

/** An engine with the given event history: answers `events`, and streams the events after the requested one. */
function historyHandlers(history: readonly EngineEvent[]): FakeHandlers {
  return {
    events: ({ limit = 100 }) => history.slice(-limit),
    subscribeEvents: ({ afterSeq = 0 }) => [{ events: history.filter((event) => event.seq > afterSeq), missed: 0 }],
  };
}

describe('the connection', () => {
  test('is established at once and identifies the engine', async () => {
    await startEngine({ list: () => [] });
    const { client } = createClient();
    expect(client.state.status).toBe('connecting');

    await expect(client.waitForConnection()).resolves.toMatchObject({ version: PACKAGE_VERSION });

    expect(client.state).toMatchObject({ status: 'connected' });
    await expect(client.api.list({})).resolves.toEqual([]);
  });

  test('is retried with increasing delays while no engine runs, and calls fail at once', async () => {
    const { client, clock, states } = createClient();
    await expect(client.waitForConnection()).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
    expect(client.state).toMatchObject({ status: 'disconnected', nextTryInMs: 250 });
    await expect(client.api.status({})).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });

    const delays = [await clock.fireNext(), await clock.fireNext(), await clock.fireNext()];
    await startEngine();
    delays.push(await clock.fireNext());
    await waitFor(() => client.state.status === 'connected', 'the connection');

    expect(delays).toEqual([250, 500, 1000, 2000]);
    expect(states.slice(-2)).toEqual(['connecting', 'connected']);
  });

  test('is retried with the shortest delay after it was established', async () => {
    const engine = await startEngine();
    const { client, clock } = createClient();
    await client.waitForConnection();
    engine.dropConnections();
    expect(await clock.fireNext()).toBe(250);
    await waitFor(() => client.state.status === 'connected', 'the second connection');
    engine.dropConnections();
    expect(await clock.fireNext()).toBe(250);
  });

  test('fails pending calls when it is lost', async () => {
    const engine = await startEngine({ stop: () => new Promise(() => undefined) });
    const { client } = createClient();
    await client.waitForConnection();
    const stopping = client.api.stop({ id: 'web' });
    await waitFor(() => engine.calls.some((call) => call.method === 'stop'), 'the call to arrive');
    engine.dropConnections();
    await expect(stopping).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
  });

  test('leaves no timer or socket behind when closed, in any state', async () => {
    const disconnected = createClient();
    await waitFor(() => disconnected.clock.timers.length === 1, 'a retry to be scheduled');
    disconnected.client.close();
    expect(disconnected.clock.timers).toEqual([]);

    const engine = await startEngine();
    const connecting = createClient();
    connecting.client.close();
    const connected = createClient();
    await connected.client.waitForConnection();
    connected.client.close();
    connected.client.close();

    await waitFor(() => engine.connections === 0, 'every connection to be closed');
    expect([...connecting.clock.timers, ...connected.clock.timers]).toEqual([]);
  });
});

describe('events', () => {
  test('resume after the last one delivered: none is missed and none is repeated', async () => {
    const history = [engineEvent(1), engineEvent(2)];
    const engine = await startEngine(historyHandlers(history));
    const { client, clock } = createClient();
    const seen: number[] = [];
    let resumed = 0;
    client.subscribe('events', { afterSeq: 0 }, ({ events }) => seen.push(...events.map((event) => event.seq)), {
      onResumed: () => (resumed += 1),
    });
    await waitFor(() => seen.length === 2, 'the history');

    engine.dropConnections();
    history.push(engineEvent(3));
    await clock.fireNext();
    await waitFor(() => seen.length === 3, 'the event between the connections');
    engine.pushEvents({ events: [engineEvent(3), engineEvent(4)], missed: 0 });
    await waitFor(() => seen.includes(4), 'the live event');

    expect(seen).toEqual([1, 2, 3, 4]);
    expect(resumed).toBe(1);
  });

  test('after a subscription to new ones are not lost between two connections', async () => {
    const history = [engineEvent(1)];
    const engine = await startEngine(historyHandlers(history));
    const { client, clock } = createClient();
    const seen: number[] = [];
    client.subscribe('events', {}, ({ events }) => seen.push(...events.map((event) => event.seq)));
    await waitFor(() => engine.calls.some((call) => call.method === 'subscribeEvents'), 'the subscription');

    engine.dropConnections();
    history.push(engineEvent(2));
    await clock.fireNext();
    await waitFor(() => seen.length > 0, 'the event between the connections');

    expect(seen).toEqual([2]);
  });
});

describe('other streams', () => {
  const line = { time: null, stream: 'stdout', text: 'hello', partial: false } as const;

  test('of a log resume after the last line, and report that they resumed', async () => {
    const engine = await startEngine({
      subscribeLog: ({ after }) => [{ lines: after === undefined ? [line] : [], skipped: 0, cursor: 'a.b:0:1' }],
    });
    const { client, clock } = createClient();
    const texts: string[] = [];
    let resumed = 0;
    client.subscribe('log', { id: 'web', tail: 10 }, ({ lines }) => texts.push(...lines.map(({ text }) => text)), {
      onResumed: () => (resumed += 1),
    });
    await waitFor(() => texts.length === 1, 'the tail');

    engine.dropConnections();
    await clock.fireNext();
    const asked = () => engine.calls.filter((call) => call.method === 'subscribeLog').map((call) => call.params);
    await waitFor(() => asked().length === 2 && resumed > 0, 'the second subscription');

    expect(asked()).toEqual([
      { id: 'web', tail: 10 },
      { id: 'web', tail: 10, after: 'a.b:0:1' },
    ]);
    expect({ texts, resumed }).toEqual({ texts: ['hello'], resumed: 1 });
  });

  test('of a snapshot restart with a full snapshot', async () => {
    const engine = await startEngine({ subscribeSnapshot: () => [snapshotMessage()] });
    const { client, clock } = createClient();
    const full: boolean[] = [];
    client.subscribe('snapshot', {}, (snapshot) => full.push(snapshot.full));
    await waitFor(() => full.length === 1, 'the first snapshot');
    engine.dropConnections();
    await clock.fireNext();
    await waitFor(() => full.length === 2, 'the second snapshot');
    expect(full).toEqual([true, true]);
  });

  test('that the engine refuses report it once and are not retried', async () => {
    const engine = await startEngine({
      subscribeLog: () => {
        throw new HealerError('PROCESS_NOT_FOUND', 'no program "web"');
      },
    });
    const { client, clock } = createClient();
    const refusals: string[] = [];
    client.subscribe('log', { id: 'web' }, () => undefined, { onRefused: (error) => refusals.push(error.code) });
    await waitFor(() => refusals.length === 1, 'the refusal');
    engine.dropConnections();
    await clock.fireNext();
    await waitFor(() => client.state.status === 'connected', 'the second connection');
    await waitFor(() => engine.calls.filter((call) => call.method === 'hello').length === 2, 'the second hello');
    expect(engine.calls.filter((call) => call.method === 'subscribeLog')).toHaveLength(1);
    expect(refusals).toEqual(['PROCESS_NOT_FOUND']);
  });

  test('that were closed receive nothing and are not restarted', async () => {
    const engine = await startEngine();
    const { client, clock } = createClient();
    await client.waitForConnection();
    const seen: unknown[] = [];
    const stream = client.subscribe('snapshot', {}, (message) => seen.push(message));
    await waitFor(() => engine.calls.some((call) => call.method === 'subscribeSnapshot'), 'the subscription');
    stream.close();
    stream.close();
    await waitFor(() => engine.calls.some((call) => call.method === 'unsubscribe'), 'the subscription to be closed');
    engine.dropConnections();
    await clock.fireNext();
    await waitFor(() => client.state.status === 'connected', 'the second connection');
    expect(engine.calls.filter((call) => call.method === 'subscribeSnapshot')).toHaveLength(1);
    expect(seen).toEqual([]);
  });
});
