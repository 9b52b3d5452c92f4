import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

function remount(folder: string, mode: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${mode}`, folder]);
}

/** Makes the state folder a disk of its own, which can be made read-only. */
async function withStateDisk(work: (home: HealerHome, state: string) => Promise<void>): Promise<void> {
  await using home = new HealerHome();
  const state = `${home.folder}/state`;
  mkdirSync(state);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', state]);
  try {
    await work(home, state);
  } finally {
    remount(state, 'rw');
    // A shutdown that failed leaves everything running, and nothing could be unmounted.
    await home.run('down');
    execFileSync('umount', ['--lazy', state]);
  }
}

test('an engine starts on a read-only state folder, guards its programs, and writes once it can', async () => {
  await withStateDisk(async (home, state) => {
    await home.up('a - - -- sleep 100000', 'b - - -- sh -c "while :; do date; sleep 0.01; done"');
    await home.down();
    remount(state, 'ro');
    const { code, stderr } = await home.run('up', '-f', home.listFile);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('cannot write state: EROFS') });
    const before = await home.pid('a');
    process.kill(before, 'SIGKILL');
    await waitFor(async () => ((await home.row('a')).pid ?? before) !== before, 'the program to be restarted');
    // A second engine of the instance finds the first one, although there is no file to lock.
    expect(await home.ok('up', '-f', home.listFile)).toContain('already running');

    const lastSeq = Math.max(...(await home.events()).map(({ seq }) => seq));
    await home.killEngine();
    const [a, b] = [await aliveOf(home, 'sleep 100000'), await aliveOf(home, 'while')];
    await home.up();
    expect([await home.pid('a'), await home.pid('b')]).toEqual([a, b]);
    // The numbers that clients have seen are not used again, and the loss of these events is reported.
    expect((await home.event('file-corrupt')).seq).toBeGreaterThan(lastSeq);

    remount(state, 'rw');
    await waitFor(async () => (await home.ask((api) => api.status({}))).degraded.length === 0, 'the engine to recover');
    expect(readFileSync(home.paths.healingLog, 'utf8')).toContain('could not be written before the engine was killed');
    await home.down();
  });
});

async function aliveOf(home: HealerHome, command: string): Promise<number> {
  const found = home.survivors().find((each) => each.command.includes(command));
  return Promise.resolve(found?.pid ?? 0);
}
