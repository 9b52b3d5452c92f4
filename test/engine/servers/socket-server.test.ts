import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveSocket } from '../../../src/engine/servers/socket-server.ts';
import { connectLocal } from '../../../src/client/connection/connection.ts';
import { SERVER_LIMITS } from '../../../src/engine/servers/server-limits.ts';
import { FakeServedEngine } from '../../support/fake-served-engine.ts';
import { Wire } from '../../support/wire.ts';
import { waitFor } from '../../support/wait-for.ts';

describe('the socket', () => {
  const { served } = new FakeServedEngine();
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'healer-socket-'));
    path = join(folder, 'run', 'default.sock');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('and its folder are accessible to the owner only', async () => {
    mkdirSync(dirname(path));
    chmodSync(dirname(path), 0o755);
    const server = await serveSocket(path, served);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    await server.close();
  });

  test('replaces the socket file of a killed engine', async () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    const server = await serveSocket(path, served);
    const wire = await Wire.connect(path);
    await wire.ask('status');
    wire.close();
    await server.close();
  });

  test('replaces a folder in its place', async () => {
    mkdirSync(join(path, 'folder'), { recursive: true });
    const server = await serveSocket(path, served);
    const wire = await Wire.connect(path);
    await wire.ask('status');
    wire.close();
    await server.close();
  });

  test('is removed when the server closes, and its clients are disconnected', async () => {
    const server = await serveSocket(path, served);
    const wire = await Wire.connect(path);
    await wire.ask('subscribeSnapshot', { intervalMs: 100 });
    await server.close();
    expect(existsSync(path)).toBe(false);
    await waitFor(() => wire.socket.closed || wire.socket.readableEnded, 'the client to be disconnected');
    wire.close();
  });

  test('closes even if a client neither reads nor disconnects', async () => {
    const server = await serveSocket(path, served);
    const wire = await Wire.connect(path);
    wire.socket.pause();
    for (let id = 0; id < 5000; id++) wire.send(`{"jsonrpc":"2.0","id":${String(id)},"method":"status"}\n`);
    await waitFor(() => server.clients() === 1, 'the client to connect');
    let isClosed = false;
    void server.close().then(() => (isClosed = true));
    await waitFor(() => isClosed, 'the server to close');
    wire.close();
  });

  test('is created again after it was removed, while connected clients stay connected', async () => {
    const server = await serveSocket(path, served);
    const before = await Wire.connect(path);
    expect(server.isInPlace()).toBe(true);
    rmSync(dirname(path), { recursive: true });
    expect(server.isInPlace()).toBe(false);
    await server.restore();
    expect(server.isInPlace()).toBe(true);
    const after = await Wire.connect(path);
    await Promise.all([before.ask('status'), after.ask('status')]);
    expect(server.clients()).toBe(2);
    before.close();
    after.close();
    await server.close();
    expect(existsSync(path)).toBe(false);
  });

  test('keeps a process from using up all connections', async () => {
    const server = await serveSocket(path, served);
    const wires: Wire[] = [];
    for (let index = 0; index < SERVER_LIMITS.localConnectionsPerProcess + 40; index++)
      wires.push(await Wire.connect(path));
    await waitFor(
      () => server.clients() <= SERVER_LIMITS.localConnectionsPerProcess,
      'the oldest connections to close',
    );
    const last = await Wire.connect(path);
    expect((await last.ask('status')).result).toMatchObject({ instance: 'default' });
    for (const wire of [...wires, last]) wire.close();
    await server.close();
  });

  test('answers a process with too many connections that are in use with the reason', async () => {
    const server = await serveSocket(path, served);
    const wires: Wire[] = [];
    for (let index = 0; index < SERVER_LIMITS.localConnectionsPerProcess; index++) {
      const wire = await Wire.connect(path);
      wires.push(wire);
      await wire.ask('status');
    }
    await expect(connectLocal({ socketPath: path, clientName: 'test' })).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      message: expect.stringContaining('close some of them') as string,
    });
    for (const wire of wires) wire.close();
    await server.close();
  });

  test('reports the path it cannot listen on', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(serveSocket(join(folder, 'file', 'x.sock'), served)).rejects.toThrow(/file/);
  });
});
