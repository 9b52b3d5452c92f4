import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const LIMIT_BYTES = 120 * 2 ** 20;

/** Creates a memory cgroup, version 1 or 2, and returns its folder. */
function memoryCgroup(): string {
  const name = `healer-oom-${String(process.pid)}`;
  const legacy = '/sys/fs/cgroup/memory';
  const folder = join(existsSync(legacy) ? legacy : '/sys/fs/cgroup', name);
  mkdirSync(folder);
  const file = existsSync(legacy) ? 'memory.limit_in_bytes' : 'memory.max';
  writeFileSync(join(folder, file), String(LIMIT_BYTES));
  return folder;
}

test('a program that the kernel kills for lack of memory is reported as such, and one that is killed by hand is not', async () => {
  await using home = new HealerHome();
  const cgroup = memoryCgroup();
  try {
    const eat = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(8 * 2 ** 20, 1)), 20);';
    const hog = home.write(
      'hog.sh',
      `#!/bin/sh\necho $$ > ${cgroup}/cgroup.procs\nexec ${process.execPath} -e '${eat}'\n`,
    );
    await home.up(`hog - - -- ${hog}`, 'calm - - -- sleep 100000');
    const killed = await home.event('crashed', ({ process: id }) => id === 'hog');
    expect(killed.reason).toMatch(/^killed by SIGKILL after [\d.]+ m?s, probably out of memory/);
    expect(killed.data).toMatchObject({ signal: 'SIGKILL', outOfMemory: true });
    await home.ok('stop', 'hog');
    const last = await home.event('crashed', ({ process: id }) => id === 'hog');
    await waitFor(() => Date.now() - Date.parse(last.time) > 4_000, 'the kill to be some seconds ago');
    process.kill(await home.pid('calm'), 'SIGKILL');
    const other = await home.event('crashed', ({ process: id }) => id === 'calm');
    expect(other.reason).not.toContain('memory');
    expect(other.data).not.toHaveProperty('outOfMemory');
    expect((await home.run('why', 'hog')).stdout).toContain('probably out of memory');
    await home.down();
  } finally {
    await waitFor(() => removed(cgroup), 'the cgroup to be empty');
  }
});

function removed(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
