import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveSocket, type SocketServer } from '../../../src/engine/servers/socket-server.ts';
import { HealerError } from '../../../src/protocol/errors.ts';
import { batchOf, FakeServedEngine, logLine } from '../../support/fake-served-engine.ts';
import { Wire } from '../../support/wire.ts';
import { waitFor } from '../../support/wait-for.ts';

const MB = 2 ** 20;

let folder: string;
let path: string;
let fake: FakeServedEngine;
let server: SocketServer;
const wires: Wire[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'healer-session-'));
  path = join(folder, 'run', 'default.sock');
  fake = new FakeServedEngine();
  fake.putRow('web');
  server = await serveSocket(path, fake.served);
});

afterEach(async () => {
  for (const wire of wires.splice(0)) wire.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function attach(): Promise<Wire> {
  const wire = await Wire.connect(path);
  wires.push(wire);
  return wire;
}

function request(id: number | string, method: string, params?: unknown): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
}

/** Checks that the connection still works. */
async function expectAlive(wire: Wire): Promise<void> {
  expect((await wire.ask('status')).result).toMatchObject({ instance: 'default' });
}

describe('requests', () => {
  test('are answered with their id, whether it is a number or a string', async () => {
    const wire = await attach();
    wire.send(request(7, 'list') + request('seven', 'list'));
    expect((await wire.answerTo(7)).result).toMatchObject([{ id: 'web' }]);
    expect((await wire.answerTo('seven')).result).toMatchObject([{ id: 'web' }]);
  });

  test('negotiate the protocol version, and explain what to do about a mismatch', async () => {
    const wire = await attach();
    expect((await wire.ask('hello', { protocol: 1, client: 'test' })).result).toMatchObject({ protocol: 1 });
    const { error } = await wire.ask('hello', { protocol: 99, client: 'test' });
    expect(error?.message).toContain('uses protocol 1, but the client uses 99');
    expect(error?.data).toMatchObject({ code: 'INVALID_CONFIG', protocol: 1 });
  });

  test('without an id are performed and not answered, whatever comes of them', async () => {
    const wire = await attach();
    const notify = (method: string, params: unknown): void =>
      wire.send(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`);
    notify('stop', { id: 'web' });
    notify('stop', { id: 7 });
    notify('unknown', {});
    await expectAlive(wire);
    expect(fake.calls.filter(({ method }) => method === 'stop').length).toBe(1);
    expect(wire.messages.filter(({ id }) => id === null || id === undefined)).toEqual([]);
  });

  test('have their defaults filled in', async () => {
    const wire = await attach();
    await wire.ask('stop', { id: 'web' });
    await wire.ask('logs', { id: 'web' });
    expect(fake.calls.map(({ params }) => params)).toEqual([
      { id: 'web', graceful: true },
      { id: 'web', tail: 100 },
    ]);
  });

  test('may arrive byte by byte, even within a character', async () => {
    const wire = await attach();
    wire.socket.setNoDelay();
    for (const byte of Buffer.from(request(1, 'hello', { protocol: 1, client: 'ünï🦊' }))) {
      wire.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await wire.answerTo(1)).error).toBeUndefined();
  });

  test('are all answered when they are pipelined', async () => {
    const wire = await attach();
    const ids = Array.from({ length: 2000 }, (_, index) => index + 1);
    wire.send(ids.map((id) => request(id, 'status')).join(''));
    await waitFor(() => wire.messages.length === ids.length, 'all responses');
    expect(wire.messages.map(({ id }) => id)).toEqual(ids);
  });

  test('do not wait for an earlier slow request', async () => {
    let finish: (value: null) => void = () => undefined;
    fake.answerTo = (method) => (method === 'stop' ? new Promise((resolve) => (finish = resolve)) : null);
    const wire = await attach();
    wire.send(request(1, 'stop', { id: 'web' }) + request(2, 'status'));
    await wire.answerTo(2);
    expect(wire.messages).toHaveLength(1);
    finish(null);
    await wire.answerTo(1);
  });

  test('of a client that disconnects midway do not affect other clients', async () => {
    let finish: (value: null) => void = () => undefined;
    fake.answerTo = () => new Promise((resolve) => (finish = resolve));
    const wire = await attach();
    wire.send(request(1, 'status') + '{"half a mess');
    await waitFor(() => fake.calls.length === 1, 'the request to arrive');
    wire.close();
    await waitFor(() => server.clients() === 0, 'the server to notice the closed connection');
    finish(null);
    fake.answerTo = () => ({ instance: 'default' });
    await expectAlive(await attach());
  });
});

describe('invalid messages', () => {
  test.each([
    ['text that is not JSON', 'hello there\n', -32_700],
    ['half an object', '{"jsonrpc":"2.0",\n', -32_700],
    ['bytes', Buffer.from([0xff, 0xfe, 0, 1, 0x0a]), -32_700],
    ['a list', '[1,2]\n', -32_600],
    ['null', 'null\n', -32_600],
    ['neither id nor method', '{"jsonrpc":"2.0"}\n', -32_600],
    ['no method', '{"jsonrpc":"2.0","id":null}\n', -32_600],
  ])('%s: an error is returned, and the connection stays open', async (_what, text, code) => {
    const wire = await attach();
    wire.send(text);
    expect((await wire.answerTo(null)).error?.code).toBe(code);
    await expectAlive(wire);
  });

  test.each(['frobnicate', '__proto__', 'constructor', 'toString', ''])(
    'the method "%s" is unknown',
    async (method) => {
      const wire = await attach();
      const { error } = await wire.ask(method);
      expect(error?.code).toBe(-32_601);
      expect(error?.message).toContain(method);
      await expectAlive(wire);
    },
  );

  test('parameters are refused with a list of all problems', async () => {
    const wire = await attach();
    const { error } = await wire.ask('stop', { id: '../etc', timeoutMs: -1, force: true });
    expect(error?.code).toBe(-32_602);
    expect(error?.data?.code).toBe('INVALID_CONFIG');
    for (const part of ['id', 'timeoutMs', 'force']) expect(error?.message).toContain(part);
    expect(error?.data?.['issues']).toHaveLength(3);
    expect(fake.calls).toEqual([]);
    await expectAlive(wire);
  });

  test.each([[], 'text', 5, true])('parameters that are not an object are refused: %j', async (params) => {
    const wire = await attach();
    expect((await wire.ask('status', params)).error?.code).toBe(-32_602);
    await expectAlive(wire);
  });

  test('errors are sent with their code and data', async () => {
    fake.answerTo = () => {
      throw new HealerError('PROCESS_NOT_FOUND', 'no program is called "x"', { id: 'x' });
    };
    const wire = await attach();
    const { error } = await wire.ask('start', { id: 'x' });
    expect(error).toEqual({
      code: -32_000,
      message: 'no program is called "x"',
      data: { code: 'PROCESS_NOT_FOUND', id: 'x' },
    });
  });

  test('an unexpected error is returned to the client', async () => {
    fake.answerTo = () => {
      throw new TypeError('boom');
    };
    const wire = await attach();
    expect((await wire.ask('start', { id: 'x' })).error?.data).toMatchObject({ code: 'INTERNAL' });
  });

  test('100 MB without a newline use no memory and break nothing', async () => {
    const wire = await attach();
    const other = await attach();
    const chunk = Buffer.alloc(MB, 'x');
    const before = process.memoryUsage().rss;
    for (let sent = 0; sent < 100; sent++) {
      if (!wire.socket.write(chunk)) await new Promise((resolve) => wire.socket.once('drain', resolve));
    }
    expect((await wire.answerTo(null)).error?.message).toContain('1048576 bytes');
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * MB);
    wire.send('\n');
    await expectAlive(wire);
    await expectAlive(other);
    expect(wire.messages.filter(({ error }) => error !== undefined)).toHaveLength(1);
  });
});

describe('many clients', () => {
  test('200 at once are served, and released when they disconnect', async () => {
    const crowd = await Promise.all(Array.from({ length: 200 }, attach));
    await Promise.all(crowd.map(expectAlive));
    await Promise.all(crowd.map((wire) => wire.ask('subscribeSnapshot', { intervalMs: 60_000 })));
    await waitFor(
      () => crowd.every((wire) => wire.notifications('snapshot').length > 0),
      'all clients to receive the table',
    );
    expect(server.clients()).toBe(200);
    for (const wire of crowd) wire.close();
    await waitFor(() => server.clients() === 0 && fake.watchers === 0, 'all their resources to be released');
  });
});

describe('subscriptions', () => {
  test('the table is sent in full first, then only changed rows', async () => {
    for (const id of ['a', 'b', 'c']) fake.putRow(id);
    const wire = await attach();
    await wire.ask('subscribeSnapshot', { intervalMs: 100 });
    await waitFor(() => wire.notifications('snapshot').length > 0, 'the first message');
    fake.putRow('b', { state: 'paused' });
    fake.removeRow('c');
    await waitFor(
      () => wire.notifications('snapshot').some(({ rows }) => idsOf(rows).includes('b') && idsOf(rows).length === 1),
      'the change',
    );
    const [first, ...later] = wire.notifications('snapshot');
    expect(first).toMatchObject({ full: true, more: false, removed: [] });
    expect(idsOf(first?.['rows'])).toEqual(['web', 'a', 'b', 'c']);
    expect(later.every(({ full }) => full === false)).toBe(true);
    expect(later.flatMap(({ removed }) => removed)).toEqual(['c']);
    expect(later.flatMap(({ rows }) => idsOf(rows))).toEqual(['b']);
  });

  test('a large table is sent as several pages of one snapshot', async () => {
    for (let index = 0; index < 1200; index++) fake.putRow(`p${String(index)}`);
    const wire = await attach();
    await wire.ask('subscribeSnapshot', { intervalMs: 60_000 });
    await waitFor(() => wire.notifications('snapshot').length === 3, 'three pages');
    expect(wire.notifications('snapshot').map(({ full }) => full)).toEqual([true, false, false]);
    expect(wire.notifications('snapshot').flatMap(({ rows }) => idsOf(rows))).toHaveLength(1201);
  });

  test('a program that is removed and added again between two messages is present', async () => {
    const wire = await attach();
    await wire.ask('subscribeSnapshot', { intervalMs: 100 });
    await waitFor(() => wire.notifications('snapshot').length > 0, 'the first message');
    fake.removeRow('web');
    fake.putRow('web', { pid: 99 });
    await waitFor(
      () => wire.notifications('snapshot').some(({ rows }) => JSON.stringify(rows).includes('99')),
      'the new row',
    );
    // A client applies the removals of a message before its rows.
    const naming = wire.notifications('snapshot').filter(({ removed }) => (removed as string[]).includes('web'));
    expect(naming.every(({ rows }) => idsOf(rows).includes('web'))).toBe(true);
  });

  test('events resume where the client left off, in order and without gaps', async () => {
    fake.putEvents(1300);
    const wire = await attach();
    await wire.ask('subscribeEvents', { afterSeq: 10 });
    fake.putEvents(5);
    await waitFor(() => seqsOf(wire).at(-1) === 1305, 'the newest event');
    expect(seqsOf(wire)).toEqual(Array.from({ length: 1295 }, (_, index) => index + 11));
  });

  test('events can be limited to one program', async () => {
    const wire = await attach();
    await wire.ask('subscribeEvents', { process: 'worker' });
    fake.putEvents(3);
    fake.putEvents(2, { process: 'worker' });
    await waitFor(() => seqsOf(wire).length > 0, 'the events of the program');
    expect(seqsOf(wire)).toEqual([4, 5]);
  });

  test('a log is followed until the client unsubscribes or disconnects', async () => {
    const wire = await attach();
    const { result } = await wire.ask('subscribeLog', { id: 'web' });
    await wire.ask('subscribeLog', { id: 'web' });
    await fake.follows[0]?.onBatch(batchOf(logLine('hello')));
    await waitFor(() => wire.notifications('log').length === 1, 'the line');
    await wire.ask('unsubscribe', result);
    expect(fake.follows.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    wire.close();
    await waitFor(() => fake.follows[1]?.signal.aborted, 'the other follower to be closed');
  });

  test('a subscription to the log of an unknown program is refused and leaves nothing behind', async () => {
    const wire = await attach();
    expect((await wire.ask('subscribeLog', { id: 'nobody' })).error?.data?.code).toBe('PROCESS_NOT_FOUND');
    await expectAlive(wire);
  });

  test('at most 64 per client are allowed; the next one is refused until one ends', async () => {
    const wire = await attach();
    for (let count = 0; count < 64; count++) {
      expect((await wire.ask('subscribeEvents')).error).toBeUndefined();
    }
    expect((await wire.ask('subscribeEvents')).error?.data?.code).toBe('INVALID_STATE');
    await wire.ask('unsubscribe', { subscription: 1 });
    expect((await wire.ask('subscribeEvents')).error).toBeUndefined();
    await wire.ask('unsubscribe', { subscription: 9999 });
    await expectAlive(wire);
  });
});

describe('a client that stops reading', () => {
  test('receives merged rows, each in its latest state, once it reads again', async () => {
    for (let index = 0; index < 400; index++) fake.putRow(`p${String(index)}`, { why: 'x'.repeat(1000) });
    const wire = await attach();
    await wire.ask('subscribeSnapshot', { intervalMs: 100 });
    await waitFor(() => wire.notifications('snapshot').length > 0, 'the first message');
    const before = wire.messages.length;
    wire.socket.pause();
    const rounds = 60;
    const held = await holdBack(rounds, (round) => {
      for (let index = 0; index < 400; index++)
        fake.putRow(`p${String(index)}`, { why: 'x'.repeat(1000), restarts: round });
    });
    expect(held).toBeLessThan(4 * MB);
    wire.socket.resume();
    await waitFor(() => newestRestarts(wire, 'p7') === rounds, 'the latest row');
    expect(wire.messages.length - before).toBeLessThan(rounds / 2);
  });

  test('has no further requests read until it reads again, and then receives all responses', async () => {
    const answer = 'x'.repeat(100_000);
    fake.answerTo = () => answer;
    const wire = await attach();
    wire.socket.pause();
    wire.send(Array.from({ length: 1000 }, (_, index) => request(index + 1, 'status')).join(''));
    await waitFor(() => fake.calls.length > 0, 'the first request to be handled');
    // If requests were still handled, each further turn of the event loop would handle more of them.
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(fake.calls.length * answer.length).toBeLessThan(4 * MB);
    wire.socket.resume();
    await waitFor(() => wire.messages.length === 1000, 'all responses');
  });

  test('receives all missed events from the history once it reads again', async () => {
    const wire = await attach();
    await wire.ask('subscribeEvents', { afterSeq: 0 });
    wire.socket.pause();
    for (let burst = 0; burst < 50; burst++) fake.putEvents(100, { reason: 'x'.repeat(1000) });
    wire.socket.resume();
    await waitFor(() => seqsOf(wire).at(-1) === 5000, 'the newest event');
    expect(seqsOf(wire)).toEqual(Array.from({ length: 5000 }, (_, index) => index + 1));
  });

  test('pauses the reader of its log', async () => {
    const wire = await attach();
    await wire.ask('subscribeLog', { id: 'web' });
    wire.socket.pause();
    let taken = 0;
    const feed = (async (): Promise<void> => {
      for (; taken < 200; taken++) await fake.follows[0]?.onBatch(batchOf(logLine('x'.repeat(60_000))));
    })();
    await waitFor(() => taken > 0, 'the first lines to be sent');
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBeLessThan(60);
    wire.socket.resume();
    await feed;
    await waitFor(() => wire.notifications('log').length === 200, 'all lines');
  });
});

/** Changes rows for several intervals while no client reads. Returns the memory used, in bytes. */
async function holdBack(rounds: number, change: (round: number) => void): Promise<number> {
  globalThis.gc?.();
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external;
  for (let round = 1; round <= rounds; round++) {
    change(round);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().arrayBuffers + process.memoryUsage().external - before;
}

function idsOf(rows: unknown): string[] {
  return (rows as { id: string }[]).map(({ id }) => id);
}

function seqsOf(wire: Wire): number[] {
  return wire.notifications('events').flatMap(({ events }) => (events as { seq: number }[]).map(({ seq }) => seq));
}

function newestRestarts(wire: Wire, id: string): number | undefined {
  const rows = wire
    .notifications('snapshot')
    .flatMap((message) => message['rows'] as { id: string; restarts: number }[]);
  return rows.findLast((row) => row.id === id)?.restarts;
}
