import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readProcStat } from '../../../../src/base/proc-stat.ts';
import { replacePredecessor } from '../../../../src/engine/alerts/delivery/replace-predecessor.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-predecessor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function owner(spoolDir: string): unknown {
  return (JSON.parse(readFileSync(join(spoolDir, 'courier.json'), 'utf8')) as { pid: unknown }).pid;
}

test('the first delivery worker creates the folder and records itself as the owner', async () => {
  const spoolDir = join(folder, 'new', 'spool');
  await replacePredecessor(spoolDir);
  expect(owner(spoolDir)).toBe(process.pid);
});

test('a delivery worker starts even if it cannot record itself as the owner', async () => {
  writeFileSync(join(folder, 'spool'), 'not a folder');
  await expect(replacePredecessor(join(folder, 'spool'))).resolves.toBeUndefined();
});

test('a delivery worker waits until the previous one has exited', async () => {
  const previous = spawn('sleep', ['600']);
  const { pid = 0 } = previous;
  const startTicks = readProcStat(pid)?.startTicks ?? 0;
  writeFileSync(join(folder, 'courier.json'), JSON.stringify({ pid, startTicks }));
  let isDone = false;
  const done = replacePredecessor(folder).then(() => (isDone = true));
  await new Promise(setImmediate);
  expect(isDone).toBe(false);
  previous.kill('SIGKILL');
  await once(previous, 'exit');
  await done;
  expect(owner(folder)).toBe(process.pid);
});

test('a delivery worker does not wait for a process that merely reuses the pid', async () => {
  writeFileSync(join(folder, 'courier.json'), JSON.stringify({ pid: process.pid, startTicks: 1 }));
  await replacePredecessor(folder);
  expect(owner(folder)).toBe(process.pid);
});
