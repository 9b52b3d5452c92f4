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
/** What the partner's server says; null lets the caller wait. */
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

describe('a look at the partner', () => {
  test('finds the holder of its lock, which answers', async () => {
    const { process, seen } = await inspectPeer('default', lock, { statusUrl, pid });
    expect(process).toEqual({ pid, startTicks });
    expect(seen).toMatchObject({ process: { name: NAME, isStopped: false }, answer: 'given', isLate: false });
    expect(seen.process?.ageMs).toBeGreaterThan(0);
  });

  test.each([
    ['another instance', JSON.stringify({ instanceId: 'other', pid })],
    ['another process than the holder of the lock', JSON.stringify({ instanceId: 'default', pid: 1 })],
    ['something else that listens there', '<html>'],
    ['more than a status', 'x'.repeat(100_000)],
    ['nothing', null],
  ])('does not take %s for an answer', async (_what, text) => {
    says = text;
    const { seen } = await inspectPeer('default', lock, { statusUrl, pid });
    expect(seen).toMatchObject({ process: { name: NAME }, answer: 'missing', isLate: false });
  });

  test('asks nobody where nothing is served', async () => {
    const { seen } = await inspectPeer('default', lock, { statusUrl: null, pid });
    expect(seen).toMatchObject({ process: { name: NAME }, answer: 'unasked' });
  });

  test('does not ask where the engine before it could be asked', async () => {
    says = null;
    const { seen } = await inspectPeer('default', lock, { statusUrl, pid: pid + 1 });
    expect(seen).toMatchObject({ process: { name: NAME }, answer: 'unasked' });
  });

  test('knows a pid that was given out again by its start time', async () => {
    writeFileSync(lock, JSON.stringify({ pid, startTicks: (startTicks ?? 0) + 1 }));
    says = null;
    expect(await inspectPeer('default', lock, { statusUrl, pid })).toMatchObject({ process: null });
  });

  test('goes by the answer where the lock names nobody, as on a full disk', async () => {
    writeFileSync(lock, '');
    const { process, seen } = await inspectPeer('default', lock, { statusUrl, pid });
    expect(process).toEqual({ pid, startTicks });
    expect(seen.answer).toBe('given');
  });

  test('finds nobody where there is no lock and no answer', async () => {
    rmSync(lock);
    says = null;
    const { process, seen } = await inspectPeer('default', lock, { statusUrl, pid });
    expect({ process, answer: seen.answer }).toEqual({ process: null, answer: 'missing' });
  });
});
