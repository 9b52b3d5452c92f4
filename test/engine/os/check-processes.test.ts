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
  const checks = new CheckProcesses(
    { cgroups: null, libc: null, stateDir: folder, isMain: () => false },
    createRunMarks(folder),
  );
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

test('the end of a check does not examine the main processes of programs', async () => {
  const examined: number[] = [];
  const isMain = (pid: number): boolean => {
    examined.push(pid);
    return true;
  };
  const marks = createRunMarks(folder);
  const checks = new CheckProcesses({ cgroups: null, libc: null, stateDir: folder, isMain }, marks);
  checks.begin({ id: 'web', number: 7 }, { command: 'true', cwd: '/', env: {} });
  const command = spawn('true', { detached: true });
  await once(command, 'exit');
  // It has the mark of the check, but it is the main process of a program.
  const main = spawn('sleep', ['4327'], { env: { ...process.env, HEALER_MARK: marks.checkMarkOf('web', 7) } });
  try {
    expect(checks.end({ id: 'web', number: 7 }, { pid: command.pid ?? Number.NaN, isRunning: false })).toEqual([]);
    expect(examined).toContain(main.pid);
    expect(main.kill(0)).toBe(true);
  } finally {
    const exited = once(main, 'exit');
    main.kill('SIGKILL');
    await exited;
  }
});
