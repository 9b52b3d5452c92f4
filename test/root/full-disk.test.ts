import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseEvent } from '../../src/engine/store/event-log.ts';
import { HealerHome } from '../support/healer-home.ts';
import { createSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { waitFor } from '../support/wait-for.ts';

function healingLog(home: HealerHome): string[] {
  return readFileSync(home.paths.healingLog, 'utf8').trimEnd().split('\n');
}

test('on a full disk, healing continues, nothing blocks, and lost records are reported afterwards', async () => {
  const disk: SmallDisk = createSmallDisk(8);
  try {
    await using home = new HealerHome(disk.folder);
    await home.up(
      'a - - -- sleep 100000',
      'chatty - - -- sh -c "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.001; done"',
    );
    await home.state('chatty', 'running');
    disk.fill();
    await waitFor(() => isFull(disk), 'the disk to be full');
    const before = await home.pid('chatty');
    for (let kill = 1; kill <= 3; kill++) {
      process.kill(await home.pid('a'), 'SIGKILL');
      await waitFor(
        async () => (await home.row('a')).restarts === kill && (await home.row('a')).pid !== null,
        `heal ${String(kill)}`,
      );
      if (kill === 1) expect((await home.events('a')).some(({ kind }) => kind === 'crashed')).toBe(true);
    }
    await waitFor(async () => (await home.ask((api) => api.status({}))).degraded.length > 0, 'status to report it');
    expect(await home.pid('chatty')).toBe(before);

    disk.free();
    await waitFor(
      async () => (await home.ask((api) => api.status({}))).degraded.length === 0,
      'status to report no problems',
    );
    await waitFor(
      () => healingLog(home).some((line) => line.includes('state and events are being written again')),
      'the recovery to be in the log',
    );
    const events = healingLog(home).map(parseEvent);
    expect(events.every((event) => event !== null)).toBe(true);
    const seqs = events.map((event) => Number(event?.seq));
    expect(seqs).toEqual(seqs.toSorted((one, other) => one - other));
    expect(events.filter((event) => event?.kind === 'crashed')).toHaveLength(3);
    await waitFor(async () => (await home.kinds('chatty')).includes('log-gap'), 'the gap in the log to be reported');
    const size = readFileSync(join(home.paths.logsDir, 'chatty', 'current.log')).length;
    await waitFor(
      () => readFileSync(join(home.paths.logsDir, 'chatty', 'current.log')).length > size,
      'the log to continue',
    );
    expect(await home.row('chatty')).toMatchObject({ pid: before, restarts: 0 });
    await home.down();
  } finally {
    disk.close();
  }
});

test('an engine that is killed while the disk is full adopts its programs after a restart', async () => {
  const disk = createSmallDisk(8);
  try {
    await using home = new HealerHome(disk.folder);
    await home.up('a - - -- sleep 100000');
    const { pid } = await home.state('a', 'running');
    disk.fill();
    await home.killEngine();
    await home.up();
    expect(await home.row('a')).toMatchObject({ pid, restarts: 0 });
    disk.free();
    await home.down();
  } finally {
    disk.close();
  }
});

test('files that are added while the disk is full are reported as not recorded, and recorded once there is space', async () => {
  const disk = createSmallDisk(8);
  try {
    await using home = new HealerHome(disk.folder);
    await home.up('a - - -- sleep 100000');
    const second = home.write('second.yaml', 'processes: { b: { command: sleep, args: [200000] } }');
    disk.fill();
    const { code, stderr } = await home.run('up', '-f', second);
    expect(code).toBe(0);
    expect(stderr).toContain('cannot record the files that programs are read from');
    await home.state('b', 'running');
    disk.free();
    await waitFor(() => readFileSync(home.paths.sourcesFile, 'utf8').includes(second), 'the files to be recorded');
    for (const { pid } of home.survivors()) process.kill(pid, 'SIGKILL');
    await home.up();
    await home.state('b', 'running');
    await home.down();
  } finally {
    disk.close();
  }
});

test('an operation that a full disk leaves unrecorded says so', { timeout: 120_000 }, async () => {
  const disk = createSmallDisk(8);
  try {
    await using home = new HealerHome(disk.folder);
    await home.up('a - - -- sleep 100000', 'b - - -- sleep 200000', 'job - - -- true');
    await home.state('job', 'exited');
    expect(await home.run('hold', 'a')).toMatchObject({ code: 0, stderr: '' });
    disk.fill();
    const unrecorded = /warning: this could not be recorded: ENOSPC.*the next one does not know about it/;
    for (const command of [
      ['hold', 'b'],
      ['stop', 'a', 'b'],
      ['hold', 'all'],
      ['start', 'a', 'b'],
      ['restart', 'a', 'b', '--rolling'],
      ['pause', 'a'],
      ['run', 'job'],
    ]) {
      const { code, stderr } = await home.run(...command);
      expect({ command, code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(unrecorded) });
    }
    const warnings = await home.ask(async (api) => {
      const results = [];
      for (const method of ['resume', 'pause', 'resume', 'release', 'restart', 'kill'] as const)
        results.push(await api[method]({ id: method === 'release' ? 'b' : 'a' }));
      return [...results, await api.releaseAll({})].map((result) => result.warnings?.length);
    });
    expect(warnings).toEqual([1, 1, 1, 1, 1, 1, 1]);
    const { stdout } = await home.run('hold', 'a', '--json');
    expect(JSON.parse(stdout)).toMatchObject([{ id: 'a', ok: true, result: { warnings: [expect.any(String)] } }]);
    disk.free();
    await waitFor(
      async () => (await home.ask((api) => api.status({}))).degraded.length === 0,
      'status to report no problems',
    );
    expect(await home.run('release', 'a')).toMatchObject({ code: 0, stderr: '' });
    await home.down();
  } finally {
    disk.close();
  }
});

function isFull({ folder }: SmallDisk): boolean {
  try {
    appendFileSync(join(folder, 'probe'), 'x'.repeat(5000));
    return false;
  } catch {
    return true;
  }
}
