import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thisProcess } from '../../../src/base/lock-owner.ts';
import { inspectPeer } from '../../../src/engine/peer/inspect-peer.ts';

const { pid, startTicks } = thisProcess();
const NAME = `${String(pid)}:${String(startTicks)}`;

let folder: string;
let paths: { readonly instance: string; readonly lock: string; readonly socket: string };
let server: Server;
const connections = new Set<Socket>();
/** The response of the peer on its socket; null for none. */
let says: string | null;
let http: HttpServer;
let statusUrl: string;
/** The response of the peer over HTTP; null for none. */
let saysOverHttp: string | null;

function hello(result: object): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id: 1, result: { protocol: 1, version: '0.1.0', ...result } })}\n`;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'healer-look-'));
  paths = { instance: 'default', lock: join(folder, 'default.lock'), socket: join(folder, 'default.sock') };
  writeFileSync(paths.lock, JSON.stringify({ pid, startTicks }));
  says = hello({ instance: 'default', pid });
  server = createServer((socket) => {
    connections.add(socket.on('error', () => undefined));
    socket.on('data', () => (says === null ? undefined : socket.write(says)));
  });
  saysOverHttp = JSON.stringify({ instanceId: 'default', pid });
  http = createHttp((_request, response) => {
    if (saysOverHttp !== null) response.end(saysOverHttp);
  });
  await new Promise<void>((resolve) => server.listen(paths.socket, resolve));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  statusUrl = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}/status`;
});

afterEach(async () => {
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
  await stopListening();
  rmSync(folder, { recursive: true, force: true });
});

/** Closes the socket of the peer, so that connections are refused. */
async function stopListening(): Promise<void> {
  for (const connection of connections) connection.destroy();
  connections.clear();
  await new Promise((resolve) => server.close(resolve));
}

describe('the inspection of the peer', () => {
  test('finds the lock owner, which responds', async () => {
    const { process, seen } = await inspectPeer(paths, null);
    expect(process).toEqual({ pid, startTicks });
    expect(seen).toMatchObject({ process: { name: NAME, isStopped: false }, answer: 'given', isLate: false });
    expect(seen.process?.ageMs).toBeGreaterThan(0);
  });

  test.each([
    ['another instance', hello({ instance: 'other', pid })],
    ['another process than the lock owner', hello({ instance: 'default', pid: 1 })],
    ['a peer that stays silent', null],
    ['a peer that sends half a line', '{"jsonrpc"'],
  ])('does not accept a response from %s, even if HTTP responds', async (_what, text) => {
    says = text;
    const { seen } = await inspectPeer(paths, statusUrl);
    expect(seen).toMatchObject({ process: { name: NAME }, answer: 'missing', isLate: false });
  });

  test('accepts the error of an engine with another protocol as an answer', async () => {
    says = `${JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: -32_000, message: 'uses protocol 2' } })}\n`;
    expect((await inspectPeer(paths, null)).seen.answer).toBe('given');
  });

  test('counts a queue full of connections that are never accepted as silence', async () => {
    await stopListening();
    const code = `require('node:net').createServer().listen({ path: process.argv[1], backlog: 1 }, () => {
      process.stdout.write('ready');
      process.kill(process.pid, 'SIGSTOP');
    })`;
    const hung = spawn(process.execPath, ['-e', code, paths.socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await new Promise((resolve) => hung.stdout.once('data', resolve));
      const waiting = Array.from({ length: 4 }, () => connect(paths.socket).on('error', () => undefined));
      expect((await inspectPeer(paths, null)).seen.answer).toBe('missing');
      for (const each of waiting) each.destroy();
    } finally {
      hung.kill('SIGKILL');
    }
  });

  test('detects a reused pid by its start time', async () => {
    writeFileSync(paths.lock, JSON.stringify({ pid, startTicks: (startTicks ?? 0) + 1 }));
    says = null;
    expect(await inspectPeer(paths, statusUrl)).toMatchObject({ process: null });
  });

  test('trusts the response if the lock names no owner, as on a full disk', async () => {
    writeFileSync(paths.lock, '');
    const { process, seen } = await inspectPeer(paths, null);
    expect(process).toEqual({ pid, startTicks });
    expect(seen.answer).toBe('given');
  });

  test('finds no peer without a lock and a response', async () => {
    rmSync(paths.lock);
    says = null;
    const { process, seen } = await inspectPeer(paths, statusUrl);
    expect({ process, answer: seen.answer }).toEqual({ process: null, answer: 'missing' });
  });
});

describe('a peer whose socket refuses or closes connections', () => {
  test('is unreachable, not silent', async () => {
    await stopListening();
    const { seen } = await inspectPeer(paths, null);
    expect(seen).toMatchObject({ process: { name: NAME }, answer: 'unreachable' });
  });

  test('is unreachable if it closes the connection at once', async () => {
    server.removeAllListeners('connection').on('connection', (socket) => socket.destroy());
    expect((await inspectPeer(paths, null)).seen.answer).toBe('unreachable');
  });

  test('is healthy if it responds over HTTP', async () => {
    await stopListening();
    expect((await inspectPeer(paths, statusUrl)).seen.answer).toBe('given');
  });

  test.each([
    ['another instance', JSON.stringify({ instanceId: 'other', pid })],
    ['another process than the lock owner', JSON.stringify({ instanceId: 'default', pid: 1 })],
    ['another kind of server', '<html>'],
    ['a server that sends too much', 'x'.repeat(100_000)],
    ['a server that stays silent', null],
  ])('is no worse off with an HTTP response from %s', async (_what, text) => {
    await stopListening();
    saysOverHttp = text;
    expect((await inspectPeer(paths, statusUrl)).seen.answer).toBe('unreachable');
  });
});
