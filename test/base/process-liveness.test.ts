import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { readProcStat } from '../../src/base/proc-stat.ts';

test('a process is alive until it exits', async () => {
  const child = spawn('sleep', ['600']);
  const pid = child.pid ?? 0;
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(pid)).toBe(false);
});

test('a process with a reused pid is another process', () => {
  const startTicks = readProcStat(process.pid)?.startTicks ?? 0;
  expect(isAlive(process.pid, startTicks)).toBe(true);
  expect(isAlive(process.pid, startTicks + 1)).toBe(false);
});

test.each([0, -1, -process.pid])('%i is not a process, although kill(2) would accept it', (pid) => {
  expect(isAlive(pid)).toBe(false);
});
