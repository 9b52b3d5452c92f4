import { afterEach, describe, expect, test } from 'vitest';
import { EventFeed } from '../../../src/engine/servers/event-feed.ts';
import { SERVER_LIMITS } from '../../../src/engine/servers/server-limits.ts';
import { SharedMessage } from '../../../src/engine/servers/shared-message.ts';
import { SnapshotFeed } from '../../../src/engine/servers/snapshot-feed.ts';
import type { Stream, StreamOutlet } from '../../../src/engine/servers/stream-outlet.ts';
import { FakeServedEngine } from '../../support/fake-served-engine.ts';
import { waitFor } from '../../support/wait-for.ts';

const streams: Stream[] = [];
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close();
});

/** A client that records what it is sent, and reads only if the test says so. */
class RecordingOutlet implements StreamOutlet {
  readonly received: SharedMessage[] = [];
  readonly times: number[] = [];
  readonly updateMs: number;
  isCongested = false;
  isFull = false;
  #onDrain: () => void = () => undefined;

  constructor(updateMs = 0) {
    this.updateMs = updateMs;
  }

  notify(): void {
    throw new Error('these streams share their messages');
  }

  share(_subscription: number, messages: readonly SharedMessage[]): boolean {
    if (this.isFull) return false;
    this.received.push(...messages);
    this.times.push(performance.now());
    return true;
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  onDrain(notify: () => void): () => void {
    this.#onDrain = notify;
    return () => undefined;
  }

  drain(): void {
    this.isCongested = false;
    this.#onDrain();
  }
}

function rowsOf(message: SharedMessage | undefined): readonly string[] {
  return (message as SharedMessage<'snapshot'>).body.rows.map(({ id }) => id);
}

describe('subscribers of the table', () => {
  test('receive the same messages, each serialized once', async () => {
    const fake = new FakeServedEngine();
    for (let index = 0; index < 100; index++) fake.putRow(`p${String(index)}`);
    const feed = new SnapshotFeed(fake.served);
    const outlets = Array.from({ length: 300 }, () => new RecordingOutlet());
    for (const outlet of outlets) streams.push(feed.subscribe(outlet, 1, 200));
    await waitFor(() => outlets.every(({ received }) => received.length > 0), 'the whole table');
    expect(new Set(outlets.map(({ received }) => received[0])).size).toBeLessThan(5);
    const [outlet] = outlets;
    await waitFor(() => (outlet?.received.length ?? 0) > 1, 'the first changes');
    fake.putRow('p7', { restarts: 1 });
    await waitFor(
      () => outlets.every(({ received }) => received.some((each) => rowsOf(each).length === 1)),
      'the change',
    );
    const changes = outlets.map(({ received }) => received.find((each) => rowsOf(each).length === 1));
    expect(new Set(changes).size).toBe(1);
    expect(fake.watchers).toBe(1);
  });

  test('that joined at different times share messages from the second one on', async () => {
    const fake = new FakeServedEngine();
    fake.putRow('a');
    const feed = new SnapshotFeed(fake.served);
    const outlets: RecordingOutlet[] = [];
    for (let index = 0; index < 5; index++) {
      const outlet = new RecordingOutlet();
      outlets.push(outlet);
      streams.push(feed.subscribe(outlet, 1, 100));
      await waitFor(() => outlet.received.length > 0, 'the whole table');
      fake.putRow('a', { restarts: index });
    }
    await waitFor(() => outlets.every(({ received }) => received.length > 3), 'further messages');
    const last = outlets.map(({ received }) => received.at(-1));
    expect(new Set(last).size).toBeLessThan(3);
  });

  test('that are remote receive at most one update a second', async () => {
    const fake = new FakeServedEngine();
    fake.putRow('a');
    const feed = new SnapshotFeed(fake.served);
    const outlet = new RecordingOutlet(SERVER_LIMITS.remoteUpdateMs);
    streams.push(feed.subscribe(outlet, 1, 100));
    await waitFor(() => outlet.received.length >= 3, 'three updates');
    const gaps = outlet.times.slice(1).map((time, index) => time - (outlet.times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(SERVER_LIMITS.remoteUpdateMs * 0.8);
  });

  test('that find all buffers full receive the latest rows later', async () => {
    const fake = new FakeServedEngine();
    fake.putRow('a');
    const feed = new SnapshotFeed(fake.served);
    const outlet = new RecordingOutlet();
    outlet.isFull = true;
    streams.push(feed.subscribe(outlet, 1, 100));
    fake.putRow('a', { restarts: 5 });
    fake.putRow('b');
    outlet.isFull = false;
    await waitFor(() => outlet.received.length > 0, 'the table');
    expect((outlet.received[0] as SharedMessage<'snapshot'>).body).toMatchObject({
      full: true,
      rows: [{ id: 'a', restarts: 5 }, { id: 'b' }],
    });
  });
});

describe('subscribers of events', () => {
  function seqsOf({ received }: RecordingOutlet): readonly number[] {
    return received.flatMap((message) => (message as SharedMessage<'events'>).body.events.map(({ seq }) => seq));
  }

  test('receive the same messages, each serialized once, without gaps', async () => {
    const fake = new FakeServedEngine();
    const feed = new EventFeed(fake.served);
    const outlets = Array.from({ length: 300 }, () => new RecordingOutlet());
    for (const outlet of outlets) streams.push(feed.subscribe(outlet, 1, { afterSeq: 0, process: undefined }));
    fake.putEvents(3);
    await waitFor(() => outlets.every((outlet) => seqsOf(outlet).length === 3), 'the events');
    expect(new Set(outlets.map(({ received }) => received[0])).size).toBe(1);
    expect(fake.watchers).toBe(1);
  });

  test('that are remote receive the first event at once, and later ones together', async () => {
    const fake = new FakeServedEngine();
    const feed = new EventFeed(fake.served);
    const outlet = new RecordingOutlet(SERVER_LIMITS.remoteUpdateMs);
    streams.push(feed.subscribe(outlet, 1, { afterSeq: 0, process: undefined }));
    fake.putEvents(1);
    await waitFor(() => outlet.received.length === 1, 'the first event', 800);
    for (let burst = 0; burst < 20; burst++) {
      fake.putEvents(5);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await waitFor(() => seqsOf(outlet).length === 101, 'all events');
    expect(seqsOf(outlet)).toEqual(Array.from({ length: 101 }, (_, index) => index + 1));
    expect(outlet.received).toHaveLength(2);
  });

  test('that can wait receive events together, after others', async () => {
    const fake = new FakeServedEngine();
    const feed = new EventFeed(fake.served);
    const [patient, other] = [new RecordingOutlet(), new RecordingOutlet()];
    streams.push(feed.subscribe(patient, 1, { afterSeq: 0, process: undefined, delayMs: 300 }));
    streams.push(feed.subscribe(other, 1, { afterSeq: 0, process: undefined }));
    await new Promise((resolve) => setImmediate(resolve));
    const startedAt = performance.now();
    fake.putEvents(2);
    await waitFor(() => seqsOf(other).length === 2, 'the events');
    fake.putEvents(3);
    await waitFor(() => seqsOf(patient).length === 5, 'all events');
    expect(performance.now() - startedAt).toBeGreaterThan(290);
    expect(patient.received).toHaveLength(1);
  });

  test('that are closed while events wait receive none of them', async () => {
    const fake = new FakeServedEngine();
    const feed = new EventFeed(fake.served);
    const [patient, other] = [new RecordingOutlet(), new RecordingOutlet()];
    const stream = feed.subscribe(patient, 1, { afterSeq: 0, process: undefined, delayMs: 20 });
    streams.push(feed.subscribe(other, 1, { afterSeq: 0, process: undefined, delayMs: 60 }));
    fake.putEvents(1);
    stream.close();
    await waitFor(() => seqsOf(other).length === 1, 'the event');
    expect(patient.received).toEqual([]);
  });

  test('that were behind catch up in messages of limited size', async () => {
    const fake = new FakeServedEngine();
    const feed = new EventFeed(fake.served);
    const outlet = new RecordingOutlet();
    outlet.isCongested = true;
    streams.push(feed.subscribe(outlet, 1, { afterSeq: 0, process: undefined }));
    fake.putEvents(400, { reason: 'x'.repeat(10_000) });
    await new Promise((resolve) => setImmediate(resolve));
    expect(outlet.received).toEqual([]);
    outlet.drain();
    expect(seqsOf(outlet)).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
    const sizes = outlet.received.map((message) => JSON.stringify(message.body).length);
    expect(Math.max(...sizes)).toBeLessThan(512 * 1024);
  });

  test('that find all buffers full receive every event later', async () => {
    const fake = new FakeServedEngine();
    const feed = new EventFeed(fake.served);
    const outlet = new RecordingOutlet();
    outlet.isFull = true;
    streams.push(feed.subscribe(outlet, 1, { afterSeq: 0, process: undefined }));
    fake.putEvents(2);
    await new Promise((resolve) => setImmediate(resolve));
    outlet.isFull = false;
    await waitFor(() => seqsOf(outlet).length === 2, 'the events');
  });
});
