import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { MARK_VARIABLE } from '../../src/config/instance/instance-name.ts';
import { createRunMarks } from '../../src/engine/os/run-mark.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

/** A user without privileges: `nobody` on most systems. */
const OTHER = 65_534;

/** Starts a process of another user in a session of its own, with a mark in its environment. */
function startMarked(mark: string, uid = OTHER): ChildProcess & { readonly pid: number } {
  const child = spawn('sleep', ['100000'], { uid, gid: uid, detached: true, env: { [MARK_VARIABLE]: mark } });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.pid === undefined) throw new Error('did not start');
  return Object.assign(child, { pid: child.pid });
}

function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'healer-marks-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

test('a mark of another user counts only with the signature of its run', () => {
  const folder = stateFolder();
  const marks = createRunMarks(folder);
  const mark = marks.markOf('web', 7);
  const unsigned = mark.split(':').slice(0, 3).join(':');
  const ownerOf = (text: string, uid?: number): unknown => marks.ownerOfPid(startMarked(text, uid).pid);
  const owner = { id: 'web', kind: 'run', number: 7 };
  expect(ownerOf(mark)).toEqual(owner);
  expect(ownerOf(marks.checkMarkOf('web', 7))).toEqual({ ...owner, kind: 'check' });
  expect(ownerOf(unsigned)).toBeNull();
  expect(ownerOf(mark.replace(':7:', ':8:'))).toBeNull();
  expect(ownerOf(mark.replace(':web:', ':api:'))).toBeNull();
  expect(ownerOf(`${unsigned}:`)).toBeNull();
  expect(ownerOf(unsigned, 0), 'the version before did not sign').toEqual(owner);
  expect(createRunMarks(folder).markOf('web', 7), 'the next engine has the same key').toBe(mark);
});

test('a damaged or lost key is replaced, and processes of root are still recognized', async () => {
  const folder = stateFolder();
  const mark = createRunMarks(folder).markOf('web', 1);
  writeFileSync(join(folder, 'mark-key'), 'short');
  const marks = createRunMarks(folder);
  expect(marks.markOf('web', 1)).not.toBe(mark);
  const { pid } = startMarked(mark, 0);
  await waitFor(() => marks.ownerOfPid(pid)?.id === 'web', 'the process of root to be recognized');
});

test('a FIFO in the place of the key is replaced', () => {
  const folder = stateFolder();
  const path = join(folder, 'mark-key');
  execFileSync('mkfifo', [path]);
  expect(createRunMarks(folder).markOf('web', 1)).toBe(createRunMarks(folder).markOf('web', 1));
  expect(statSync(path).isFile()).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a user without privileges can neither pose as a program of root nor have it restarted', async () => {
  await using home = new HealerHome();
  await home.up('web - - -- sleep 100000');
  const pid = await home.pid('web');
  const mark = createRunMarks(home.paths.stateDir).markOf('web', 99).split(':').slice(0, 3).join(':');
  const imposter = startMarked(mark);
  await home.killEngine();
  await home.up();
  expect(await home.pid('web')).toBe(pid);
  process.kill(pid, 'SIGKILL');
  await waitFor(async () => (await home.row('web')).pid !== pid, 'a new run');
  await home.state('web', 'running');
  expect(await home.pid('web')).not.toBe(imposter.pid);
  await home.ok('down');
  expect(isAlive(imposter.pid), 'a stranger is not signaled').toBe(true);
});

test('a daemon that gave up the rights of root is ended with its program', async () => {
  await using home = new HealerHome();
  const note = join(home.folder, 'daemon.pid');
  chmodSync(home.folder, 0o755);
  const daemon = `setsid setpriv --reuid ${String(OTHER)} --clear-groups sleep 100000 & echo $! > ${note}`;
  const script = home.write('start.sh', `#!/bin/sh\n(${daemon})\nexec sleep 100000\n`);
  await home.up(`master - - -- ${script}`);
  await waitFor(() => existsSync(note) && home.read('daemon.pid') !== '', 'the daemon');
  const pid = Number(home.read('daemon.pid'));
  await home.killEngine();
  expect(isAlive(pid)).toBe(true);
  await home.up();
  await home.ok('down');
  await waitFor(() => !isAlive(pid), 'the daemon to be ended');
});
