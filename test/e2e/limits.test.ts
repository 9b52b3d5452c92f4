import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { FIXTURE_PROGRAMS } from '../support/launch-room.ts';
import { waitFor } from '../support/wait-for.ts';

const HOG = `${process.execPath} ${join(FIXTURE_PROGRAMS, 'hog.mjs')}`;

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
});
