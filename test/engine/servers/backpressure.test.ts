import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Backpressure } from '../../../src/engine/servers/backpressure.ts';
import { WIRE_LIMITS } from '../../../src/protocol/wire-limits.ts';

const HALF = WIRE_LIMITS.unsentBytes / 2;

/** A client that reads only when the test says so. */
class SlowClient extends Writable {
  #read: (() => void) | null = null;

  constructor() {
    super({ highWaterMark: 1, decodeStrings: false });
  }

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    this.#read = done;
  }

  override _writev(_chunks: unknown, done: () => void): void {
    this.#read = done;
  }

  /** Reads what was written so far. */
  async readAll(): Promise<void> {
    while (this.writableLength > 0) {
      this.#read?.();
      await new Promise(setImmediate);
    }
  }
}

async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await new Promise(setImmediate);
  return settled;
}

test.each([
  ['nothing', 0, false],
  ['half of the limit', HALF, false],
  ['more than half of the limit', HALF + 1, true],
])('a client with %s unsent: congested is reported correctly', (_what, bytes, isCongested) => {
  const client = new SlowClient();
  const backpressure = new Backpressure(client);
  if (bytes > 0) client.write(Buffer.alloc(bytes));
  expect(backpressure.isCongested).toBe(isCongested);
});

test('waiting ends once the client has read everything', async () => {
  const client = new SlowClient();
  const backpressure = new Backpressure(client);
  client.write(Buffer.alloc(HALF + 1));
  const drained = backpressure.drained(new AbortController().signal);
  expect(await isSettled(drained)).toBe(false);
  await client.readAll();
  expect(await isSettled(drained)).toBe(true);
  expect(backpressure.isCongested).toBe(false);
});

test.each(['before', 'after'])('waiting ends when it is aborted %s it started', async (when) => {
  const client = new SlowClient();
  const backpressure = new Backpressure(client);
  const aborting = new AbortController();
  client.write(Buffer.alloc(HALF + 1));
  if (when === 'before') aborting.abort();
  const drained = backpressure.drained(aborting.signal);
  if (when === 'after') aborting.abort();
  expect(await isSettled(drained)).toBe(true);
});

test('each listener is called for each drain until it unsubscribes', async () => {
  const client = new SlowClient();
  const backpressure = new Backpressure(client);
  const calls: string[] = [];
  const unsubscribe = backpressure.onDrain(() => calls.push('first'));
  backpressure.onDrain(() => calls.push('second'));
  client.write(Buffer.alloc(10));
  await client.readAll();
  unsubscribe();
  client.write(Buffer.alloc(10));
  await client.readAll();
  expect(calls).toEqual(['first', 'second', 'second']);
});
