import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thisProcess } from '../../../src/base/lock-owner.ts';
import { inspectPeer } from '../../../src/engine/peer/inspect-peer.ts';

const { pid, startTicks } = thisProcess();
const NAME = `${String(pid)}:${String(startTicks)}`;

let folder: string;
let lock: string;
let server: Server;
let statusUrl: string;
/** The response of the peer's server; null for none. */
let says: string | null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'healer-look-'));
  lock = join(folder, 'default.lock');
  writeFileSync(lock, JSON.stringify({ pid, startTicks }));
  says = JSON.stringify({ instanceId: 'default', pid });
  server = createServer((_request, response) => {
    if (says !== null) response.end(says);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  statusUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/status`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

describe('the inspection of the peer', () => {
  test('finds the lock owner, which responds', async () => {
    const { process, seen } = await inspectPeer('default', lock, { statusUrl, pid });
    expect(process).toEqual({ pid, startTicks });
    expect(seen).toMatchObject({ process: { name: NAME, isStopped: false }, answer: 'given', isLate: false });
    expect(seen.process?.ageMs).toBeGreaterThan(0);
  });

  test.each([
    ['another instance', JSON.stringify({ instanceId: 'other', pid })],
    ['another process than the lock owner', JSON.stringify({ instanceId: 'default', pid: 1 })],
    ['another kind of server', '<html>'],
    ['a server that sends too much', 'x'.repeat(100_000)],
    ['a server that stays silent', null],
  ])('does not accept a response from %s', async (_what, text) => {
    says = text;
    const { seen } = await inspectPeer('default', lock, { statusUrl, pid });
    expect(seen).toMatchObject({ process: { name: NAME }, answer: 'missing', isLate: false });
  });

  test('sends no request if the peer has no status URL', async () => {
    const { seen } = await inspectPeer('default', lock, { statusUrl: null, pid });
    expect(seen).toMatchObject({ process: { name: NAME }, answer: 'unasked' });
  });

  test('does not use the status URL of a previous engine', async () => {
    says = null;
    const { seen } = await inspectPeer('default', lock, { statusUrl, pid: pid + 1 });
    expect(seen).toMatchObject({ process: { name: NAME }, answer: 'unasked' });
  });

  test('detects a reused pid by its start time', async () => {
    writeFileSync(lock, JSON.stringify({ pid, startTicks: (startTicks ?? 0) + 1 }));
    says = null;
    expect(await inspectPeer('default', lock, { statusUrl, pid })).toMatchObject({ process: null });
  });

  test('trusts the response if the lock names no owner, as on a full disk', async () => {
    writeFileSync(lock, '');
    const { process, seen } = await inspectPeer('default', lock, { statusUrl, pid });
    expect(process).toEqual({ pid, startTicks });
    expect(seen.answer).toBe('given');
  });

  test('finds no peer without a lock and a response', async () => {
    rmSync(lock);
    says = null;
    const { process, seen } = await inspectPeer('default', lock, { statusUrl, pid });
    expect({ process, answer: seen.answer }).toEqual({ process: null, answer: 'missing' });
  });
});
