import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { FIXTURE_PROGRAMS } from '../support/launch-room.ts';
import { waitFor } from '../support/wait-for.ts';

const HOG = `${process.execPath} ${join(FIXTURE_PROGRAMS, 'hog.mjs')}`;

/** Shares 120 MB with five children, which write to their copies as soon as the file exists. */
const SHARING = `my $shared;
vec($shared, 120 * 2 ** 20 - 1, 8) = 1;
for (1 .. 5) { last unless fork }
select undef, undef, undef, 0.01 until -e $ARGV[0];
for (my $at = 0; $at < length $shared; $at += 4096) { substr($shared, $at, 1) = 'y' }
sleep 100000;
`;

describe('limits', () => {
  test('a program above its memory limit is stopped gracefully and restarted', async () => {
    await using home = new HealerHome();
    await home.up(`hog - 150 -- ${HOG} memory 400`, 'modest - 150 -- sleep 100000');
    const exceeded = await home.event('limit-memory');
    expect(exceeded.process).toBe('hog');
    expect(exceeded.data['limit']).toBe(150);
    expect(exceeded.data['measured']).toBeGreaterThan(150);
    expect(exceeded.data['measured']).toBeLessThan(700);
    expect(exceeded.reason).toContain(`${String(exceeded.data['measured'])} MB exceeded limit 150 MB`);
    const restarted = await home.event('restarted', ({ process }) => process === 'hog');
    expect(restarted.pid).not.toBe(exceeded.pid);
    const ended = await home.event('exited', ({ process, pid }) => process === 'hog' && pid === exceeded.pid);
    expect(ended.data).toMatchObject({ code: 0, signal: null });
    const log = await home.ask((api) => api.logs({ id: 'hog', tail: 10 }));
    expect(log.map(({ text }) => text)).toContain('closing');
    expect(await home.row('modest')).toMatchObject({ restarts: 0 });
    await home.down();
  });

  test('a program above its CPU limit is restarted, and the measured values are reported', async () => {
    await using home = new HealerHome();
    await home.up(`hog 20 - -- ${HOG} cpu`);
    const exceeded = await home.event('limit-cpu');
    expect(exceeded.data['limit']).toBe(20);
    expect(exceeded.data['measured']).toBeGreaterThan(20);
    expect(exceeded.data['measured']).toBeLessThan(250);
    await home.event('restarted', ({ process }) => process === 'hog');
    await home.down();
  });

  test('the whole tree is measured and stopped, including children', async () => {
    await using home = new HealerHome();
    await home.up(`parent - 200 -- sh -c "${HOG} memory 120 & ${HOG} memory 120 & wait"`);
    const exceeded = await home.event('limit-memory');
    await home.event('restarted');
    await waitFor(
      () => home.survivors().filter(({ command }) => command.includes('hog.mjs memory')).length <= 3,
      'the children of the first run to be gone',
    );
    expect(exceeded.data['measured']).toBeGreaterThan(200);
    await home.down();
  });

  test('memory that processes share counts once, and a tree that really exceeds its limit is healed at once', async () => {
    await using home = new HealerHome();
    const writing = join(home.folder, 'write');
    home.write('sharing.pl', SHARING);
    await home.up(`sharing - 400 -- perl ${home.folder}/sharing.pl ${writing}`, 'quiet - 400 -- sleep 100000');
    const shared = await waitFor(async () => {
      const row = await home.row('sharing');
      return row.processes === 6 && row.memoryMeasure === 'pss' ? row : null;
    }, 'the shared memory to be measured exactly');
    expect(shared.memoryMb).toBeGreaterThan(120);
    expect(shared.memoryMb).toBeLessThan(250);
    expect(await home.ok('ls')).toMatch(/sharing .* 1\d\d(\.\d)? MB PSS /);
    expect(await home.ok('describe', 'sharing')).toMatch(/1\d\d(\.\d)? MB \(PSS\)/);
    expect((await home.row('quiet')).memoryMeasure).toBe('rss');
    expect(await home.kinds('sharing')).not.toContain('limit-memory');
    // Each process writes to its copy: the resident memory of the tree stays the same.
    const before = Date.now();
    home.write('write', '');
    const exceeded = await home.event('limit-memory');
    expect(exceeded.reason).toMatch(/^memory [\d.]+ MB exceeded limit 400 MB \(PSS\)$/);
    expect(exceeded.data).toMatchObject({ limit: 400, measure: 'pss' });
    expect(exceeded.data['measured']).toBeGreaterThan(400);
    expect(exceeded.data['measured']).toBeLessThan(800);
    expect(Date.parse(exceeded.time)).toBeGreaterThan(before);
    await home.event('restarted', ({ process }) => process === 'sharing');
    await home.down();
  });
});
