import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readProcStat } from '../../../../src/base/proc-stat.ts';
import { succeed } from '../../../../src/engine/alerts/delivery/predecessor.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-predecessor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function owner(spoolDir: string): unknown {
  return (JSON.parse(readFileSync(join(spoolDir, 'courier.json'), 'utf8')) as { pid: unknown }).pid;
}

test('the first delivery worker of all makes the folder and notes who it is', async () => {
  const spoolDir = join(folder, 'new', 'spool');
  await succeed(spoolDir);
  expect(owner(spoolDir)).toBe(process.pid);
});

test('a delivery worker goes on where its note cannot be kept', async () => {
  writeFileSync(join(folder, 'spool'), 'no folder');
  await expect(succeed(join(folder, 'spool'))).resolves.toBeUndefined();
});

test('a delivery worker waits for the one before it to end', async () => {
  const before = spawn('sleep', ['600']);
  const { pid = 0 } = before;
  const startTicks = readProcStat(pid)?.startTicks ?? 0;
  writeFileSync(join(folder, 'courier.json'), JSON.stringify({ pid, startTicks }));
  let isDone = false;
  const done = succeed(folder).then(() => (isDone = true));
  await new Promise(setImmediate);
  expect(isDone).toBe(false);
  before.kill('SIGKILL');
  await once(before, 'exit');
  await done;
  expect(owner(folder)).toBe(process.pid);
});

test('a pid that was given to another process since is waited for by nobody', async () => {
  writeFileSync(join(folder, 'courier.json'), JSON.stringify({ pid: process.pid, startTicks: 1 }));
  await succeed(folder);
  expect(owner(folder)).toBe(process.pid);
});
