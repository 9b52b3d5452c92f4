import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ProgramDisplays } from '../../../src/engine/runs/program-displays.ts';
import { spec } from '../../support/programs.ts';

const NONE = { isNamed: false, isReachable: false, hasOutput: true, reason: 'no X or Wayland session of user anna' };

function createDisplays(env: Readonly<Record<string, string>> = {}): ProgramDisplays {
  return new ProgramDisplays({ displayOf: () => NONE, fileOf: () => null, environmentOf: () => env });
}

test('a run that had found a session names a display, although the next run would find none', () => {
  const own = { pid: 1 };
  expect(createDisplays({ DISPLAY: ':71' }).ofRun(spec({}), own)).toEqual({ ...NONE, isNamed: true });
  expect(createDisplays().ofRun(spec({}), own)).toEqual(NONE);
});

test('an adopted process uses the display of its own environment, also after its exit', async () => {
  const child = spawn('sleep', ['600'], { env: { PATH: process.env['PATH'], DISPLAY: ':71' }, stdio: 'ignore' });
  await once(child, 'spawn');
  const displays = createDisplays();
  const run = { pid: child.pid ?? 0, foreign: true };
  const { id } = spec({});
  displays.adopted(id, run);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  expect(displays.ofRun(spec({}), run)).toEqual({ ...NONE, isNamed: true, hasOutput: false });
  expect(displays.isGraphical(id, run)).toBe(false);
  // A later run of the program is not that process.
  expect(displays.ofRun(spec({}), { pid: run.pid + 1 })).toEqual(NONE);
});
