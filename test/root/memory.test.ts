import { expect, test } from 'vitest';
import { readProportionalMemory } from '../../src/engine/sampling/proportional-memory.ts';
import { LaunchRoom } from '../support/launch-room.ts';
import { withoutPrivileges } from '../support/without-privileges.ts';

const MB = 2 ** 20;

test('memory of processes of another user is estimated: anonymous memory, and the largest shared part once', async () => {
  const room = new LaunchRoom('posix');
  try {
    const script = 'vec($s, 32 * 2 ** 20 - 1, 8) = 1; $| = 1; print "ready\\n"; sleep 100000';
    const launch = (): number => room.launch({ file: '/usr/bin/perl', argv: ['perl', '-e', script] });
    const pids = [launch()];
    await room.printed('ready');
    const one = await withoutPrivileges(() => readProportionalMemory(pids));
    expect(one.isEstimate).toBe(true);
    expect(one.bytes).toBeGreaterThan(32 * MB);
    expect(one.bytes).toBeLessThan(64 * MB);
    expect((await readProportionalMemory(pids)).isEstimate).toBe(false);
  } finally {
    await room.close();
  }
});
