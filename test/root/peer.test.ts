import { expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { PairHome, PATIENCE_MS } from '../support/pair-home.ts';
import { createSmallDisk } from '../support/small-disk.ts';
import { waitFor } from '../support/wait-for.ts';

test('an engine and its watcher are replaced on a full disk too, and nothing is started twice', async () => {
  const disk = createSmallDisk(16);
  try {
    await using home = new PairHome(disk.folder);
    await home.watch();
    await home.paired();
    const programs = await home.programs();
    disk.fill();
    for (const side of ['default', 'watcher'] as const) {
      const pid = home.holder(side);
      process.kill(pid, 'SIGKILL');
      await waitFor(() => !isAlive(pid), `"${side}" to exit`, PATIENCE_MS);
      await home.paired();
      await home.oneEach();
      expect(await home.programs()).toEqual(programs);
    }
    disk.free();
    await home.down();
  } finally {
    disk.close();
  }
});
