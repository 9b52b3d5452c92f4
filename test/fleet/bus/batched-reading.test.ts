import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BatchedReading } from '../../../src/fleet/bus/batched-reading.ts';
import { type BareBus, startBareBus } from '../../support/bare-bus.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Long enough that no batch is read within a test. */
const NEVER_MS = 600_000;

let bus: BareBus;
let batches: BatchedReading;
const received: string[] = [];

beforeEach(async () => {
  bus = await startBareBus();
  received.length = 0;
});

afterEach(async () => {
  batches.close();
  await bus[Symbol.asyncDispose]();
});

/** Returns the client that is read in batches, and one that sends. */
async function connectBoth(everyMs: number) {
  const [reader, sender] = await Promise.all([bus.connect(), bus.connect()]);
  reader.subscribe('rows', { callback: (_error, message) => void received.push(message.string()) });
  await reader.flush();
  batches = new BatchedReading(reader, everyMs);
  return { reader, sender };
}

test('messages wait for the next batch', async () => {
  const { sender } = await connectBoth(400);
  await wait(500);
  sender.publish('rows', 'first');
  await waitFor(() => received.length === 1, 'the first batch');
  for (const text of ['second', 'third']) sender.publish('rows', text);
  await waitFor(() => received.length === 3, 'the next batch');
});

test('nothing is read between batches, and what waits is read as soon as the connection flows', async () => {
  const { reader, sender } = await connectBoth(NEVER_MS);
  const end = batches.flow();
  await reader.flush();
  end();
  // The socket is read until the next batch; this one ends it.
  batches.readBatch();
  await wait(100);
  sender.publish('rows', 'waits');
  await sender.flush();
  await wait(500);
  expect(received).toEqual([]);
  const stop = batches.flow();
  await waitFor(() => received.length === 1, 'the message');
  stop();
});

test('an answer arrives at once', async () => {
  const { reader, sender } = await connectBoth(NEVER_MS);
  sender.subscribe('question', { callback: (_error, message) => void message.respond('answer') });
  await sender.flush();
  batches.readBatch();
  await wait(100);
  const answer = await batches.during(reader.request('question', undefined, { timeout: 20_000 }));
  expect(answer.string()).toBe('answer');
});

test('a new connection is read in batches too', async () => {
  const { reader, sender } = await connectBoth(50);
  await bus.kill();
  await wait(200);
  await bus.restart();
  await waitFor(() => {
    sender.publish('rows', 'again');
    return received.includes('again');
  }, 'a message over the new connection');
  expect(reader.isClosed()).toBe(false);
});
