import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { CheckProcesses } from '../../../src/engine/os/check-processes.ts';
import { createRunMarks } from '../../../src/engine/os/run-mark.ts';

const folder = mkdtempSync(join(tmpdir(), 'healer-checks-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('while the killed command of a check does not exit, no further one is started', async () => {
  const checks = new CheckProcesses({ cgroups: null, libc: null, stateDir: folder }, createRunMarks(folder));
  const begin = (number: number) => checks.begin({ id: 'web', number }, { command: 'sleep', cwd: '/', env: {} });
  begin(1);
  // It leads no process group, so the signal to that group does not reach it.
  const command = spawn('sleep', ['4326']);
  const pid = command.pid ?? 0;
  checks.end({ id: 'web', number: 1 }, { pid, isRunning: true });
  expect(() => begin(2)).toThrow(
    `the command of an earlier check (pid ${String(pid)}) does not exit even after SIGKILL`,
  );
  const exited = once(command, 'exit');
  command.kill('SIGKILL');
  await exited;
  expect(() => begin(3)).not.toThrow();
});
