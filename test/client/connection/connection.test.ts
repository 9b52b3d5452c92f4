import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Connection, connectLocal } from '../../../src/client/connection/connection.ts';
import { HealerError } from '../../../src/protocol/errors.ts';
import { encodeMessage } from '../../../src/protocol/framing.ts';
import type { RpcRequest } from '../../../src/protocol/rpc.ts';
import { type FakeHandlers, startFakeEngine } from '../../support/fake-engine.ts';
import { engineEvent, programRow, snapshotMessage } from '../../support/program-row.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Whether the raw server no longer answers "hello", which is also how a client asks for a sign of life. */
let freezeHello = false;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  freezeHello = false;
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'healer-client-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function connect(socketPath: string, options: { readonly timeoutMs?: number } = {}): Promise<Connection> {
  const connection = await connectLocal({ socketPath, clientName: 'test', ...options });
  cleanups.push(() => {
    connection.close();
  });
  return connection;
}

async function connectToFake(handlers: FakeHandlers = {}) {
  const engine = await startFakeEngine({ handlers });
  cleanups.push(() => engine.close());
  return { engine, connection: await connect(engine.socketPath) };
}

/** A server that writes arbitrary bytes: `respond` receives each request after `hello`. */
async function connectToRaw(
  respond: (socket: Socket, request: RpcRequest) => void,
  options: { readonly timeoutMs?: number } = {},
): Promise<Connection> {
  const socketPath = join(await temporaryFolder(), 'default.sock');
  const server = createServer((socket) => {
    cleanups.push(() => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().trim().split('\n')) {
        const request = JSON.parse(line) as RpcRequest;
        if (request.method === 'hello' && !freezeHello)
          socket.write(reply(request, { protocol: 1, version: 'raw', instance: 'x', pid: 1 }));
        else if (request.method !== 'hello') respond(socket, request);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  cleanups.push(() => server.close());
  return connect(socketPath, options);
}

function reply(request: RpcRequest, result: unknown): string {
  return encodeMessage({ jsonrpc: '2.0', id: request.id, result });
}

describe('an engine that does not respond to a request', () => {
  test('is reported after a bounded time if it shows no sign of life, and the connection stays open', async () => {
    let isFrozen = true;
    const connection = await connectToRaw(
      (socket, request) => {
        if (!isFrozen) socket.write(reply(request, []));
      },
      { timeoutMs: 100 },
    );
    freezeHello = true;
    await expect(connection.api.stop({ id: 'web' })).rejects.toMatchObject({ code: 'TIMEOUT' });
    isFrozen = false;
    expect(await connection.api.list({})).toEqual([]);
  });

  test('takes the time it needs while it shows signs of life', async () => {
    const connection = await connectToRaw(
      (socket, request) => void setTimeout(() => socket.write(reply(request, 'done')), 600),
      { timeoutMs: 100 },
    );
    expect(await connection.api.stop({ id: 'web' })).toBe('done');
  });

  test('is not waited for after the signal of the call has aborted', async () => {
    const connection = await connectToRaw(() => undefined);
    const aborting = new AbortController();
    const stopping = connection.api.stop({ id: 'web' }, { signal: aborting.signal });
    aborting.abort(new Error('enough'));
    await expect(stopping).rejects.toThrow('enough');
  });
});

describe('connecting', () => {
  test('agrees on the protocol and identifies the engine', async () => {
    const engine = await startFakeEngine({ hello: { version: '1.2.3', pid: 77 } });
    cleanups.push(() => engine.close());

    const connection = await connect(engine.socketPath);

    expect(connection.hello).toMatchObject({ protocol: 1, version: '1.2.3', pid: 77 });
    expect(engine.calls).toEqual([{ method: 'hello', params: { protocol: 1, client: 'test' } }]);
  });

  test('explains how to start the engine when there is no socket', async () => {
    const socketPath = join(await temporaryFolder(), 'default.sock');
    await expect(connect(socketPath)).rejects.toMatchObject({
      code: 'ENGINE_NOT_RUNNING',
      message: expect.stringContaining('"healer up"') as string,
      data: { socketPath },
    });
  });

  test('names the instance in the start command', async () => {
    const socketPath = join(await temporaryFolder(), 'blue.sock');
    await expect(connect(socketPath)).rejects.toThrow('"healer up --instance blue"');
  });

  test('reports the leftover socket of a killed engine as "no engine running"', async () => {
    const socketPath = join(await temporaryFolder(), 'default.sock');
    const script = `require('net').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 9))`;
    const { spawnSync } = await import('node:child_process');
    spawnSync(process.execPath, ['-e', script]);
    await expect(connect(socketPath)).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
  });

  test('distinguishes a hung engine from a missing one', async () => {
    const socketPath = join(await temporaryFolder(), 'default.sock');
    const server = createServer((socket) => cleanups.push(() => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    cleanups.push(() => server.close());

    const connecting = connectLocal({ socketPath, clientName: 'test', timeoutMs: 50 });

    await expect(connecting).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  test('refuses an engine with another protocol, naming both versions', async () => {
    const engine = await startFakeEngine({ hello: { protocol: 2, version: '9.0.0', pid: 77 } });
    cleanups.push(() => engine.close());

    await expect(connect(engine.socketPath)).rejects.toMatchObject({
      code: 'INVALID_STATE',
      data: { engine: 2, client: 1, pid: 77 },
    });
    await waitFor(() => engine.connections === 0, 'the refused connection to be closed');
  });
});

describe('requests', () => {
  test('resolves a thousand concurrent requests', async () => {
    const { connection } = await connectToFake({ describe: ({ id }) => ({ row: programRow({ id }) }) });
    const ids = Array.from({ length: 1000 }, (_, index) => `p${index}`);

    const answers = await Promise.all(ids.map((id) => connection.api.describe({ id })));

    expect(answers.map((answer) => answer.row.id)).toEqual(ids);
  });

  test('rejects with the code and data of the engine', async () => {
    const { connection } = await connectToFake({
      stop: () => {
        throw new HealerError('INVALID_STATE', 'cannot stop "web": it is stopped', { id: 'web', state: 'stopped' });
      },
    });
    await expect(connection.api.stop({ id: 'web' })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: 'cannot stop "web": it is stopped',
      data: { id: 'web', state: 'stopped' },
    });
  });

  test('refuses a request of more than 1 MiB and stays usable', async () => {
    const { connection, engine } = await connectToFake({ list: () => [] });

    await expect(connection.api.start({ id: 'x'.repeat(1024 * 1024) })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
    });

    await expect(connection.api.list({})).resolves.toEqual([]);
    expect(engine.calls.map((call) => call.method)).toEqual(['hello', 'list']);
  });

  test('reads a response that arrives byte by byte, even within characters', async () => {
    const connection = await connectToRaw((socket, request) => {
      for (const byte of Buffer.from(reply(request, [{ name: 'größe 日本' }]))) socket.write(Buffer.of(byte));
    });
    await expect(connection.api.list({})).resolves.toEqual([{ name: 'größe 日本' }]);
  });

  test('fails all pending calls when the connection is lost within a message', async () => {
    const connection = await connectToRaw((socket, request) => {
      socket.end(reply(request, [programRow()]).slice(0, 100));
    });
    const calls = [connection.api.list({}), connection.api.status({})];
    await expect(calls[0]).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
    await expect(calls[1]).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
    await expect(connection.closed).resolves.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
    await expect(connection.api.list({})).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
  });

  test.each([
    ['garbage', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['a message of the wrong shape', '[1, 2, 3]\n'],
    ['an endless message', `{"a":"${'x'.repeat(1024 * 1024)}"}\n`],
    [
      'an error that belongs to no request',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"cannot parse"}}\n',
    ],
  ])('closes the connection on %s', async (_name, bytes) => {
    const connection = await connectToRaw((socket) => {
      socket.write(bytes);
    });
    await expect(connection.api.list({})).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(connection.closed).resolves.toMatchObject({ code: 'INTERNAL' });
  });

  test('closes without an error on our request', async () => {
    const { connection, engine } = await connectToFake();
    const waiting = connection.api.list({});
    connection.close();
    connection.close();
    await expect(waiting).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
    await expect(connection.closed).resolves.toBeNull();
    await waitFor(() => engine.connections === 0, 'the engine to notice');
  });
});

describe('subscriptions', () => {
  test('lose no message that arrives in the same chunk as the response', async () => {
    const { connection } = await connectToFake({
      subscribeEvents: () => [
        { events: [engineEvent(1)], missed: 0 },
        { events: [engineEvent(2)], missed: 0 },
      ],
    });
    const seen: number[] = [];
    await connection.subscribe('events', { afterSeq: 0 }, ({ events }) =>
      seen.push(...events.map((event) => event.seq)),
    );
    await waitFor(() => seen.length === 2, 'both events');
    expect(seen).toEqual([1, 2]);
  });

  test('receive only their own messages', async () => {
    const { connection, engine } = await connectToFake();
    const logs: string[] = [];
    const snapshots: boolean[] = [];
    await connection.subscribe('log', { id: 'web' }, ({ lines }) => logs.push(...lines.map((line) => line.text)));
    await connection.subscribe('snapshot', {}, ({ full }) => snapshots.push(full));

    engine.pushLog({
      lines: [{ time: null, stream: 'stdout', text: 'hello', partial: false }],
      skipped: 0,
      cursor: 'a.b:0:1',
    });
    engine.pushSnapshot(snapshotMessage());

    await waitFor(() => logs.length + snapshots.length === 2, 'both messages');
    expect({ logs, snapshots }).toEqual({ logs: ['hello'], snapshots: [true] });
  });

  test('receive nothing once closed', async () => {
    const { connection, engine } = await connectToFake({ list: () => [] });
    const seen: unknown[] = [];
    const subscription = await connection.subscribe('events', {}, (message) => seen.push(message));

    const closing = subscription.close();
    engine.pushEvents({ events: [engineEvent(1)], missed: 0 });
    await closing;
    await subscription.close();
    await connection.api.list({});

    expect(seen).toEqual([]);
    expect(engine.calls.filter((call) => call.method === 'unsubscribe')).toHaveLength(1);
  });

  test('reject when the engine refuses them', async () => {
    const { connection } = await connectToFake({
      subscribeLog: () => {
        throw new HealerError('PROCESS_NOT_FOUND', 'no program "wbe"');
      },
    });
    await expect(connection.subscribe('log', { id: 'wbe' }, () => undefined)).rejects.toMatchObject({
      code: 'PROCESS_NOT_FOUND',
    });
  });
});
