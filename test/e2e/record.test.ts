import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

function rowsOf(home: HealerHome, file: string): readonly string[] {
  return readFileSync(join(home.folder, 'recording', file), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);
}

describe('healer record', () => {
  test('writes what the detectors see, across the death of the engine, for healer detect', async () => {
    await using home = new HealerHome();
    await home.up('web - - -- sleep 100000');
    await home.state('web', 'running');
    const recording = home.spawn('record', 'web', 'recording', '--for', '10m', '--false-alarm');
    await waitFor(() => rowsOf(home, 'memory.csv').length >= 2, 'two samples');
    await home.killEngine();
    await home.ok('up');
    const before = rowsOf(home, 'memory.csv').length;
    await waitFor(() => rowsOf(home, 'memory.csv').length >= before + 2, 'samples of the next engine');
    recording.kill('SIGINT');
    await waitFor(() => recording.exitCode !== null, 'the recording to end');
    expect(recording.exitCode).toBe(0);
    expect(rowsOf(home, 'memory.csv')[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z,[\d.]+$/);
    expect(rowsOf(home, 'threads.csv').at(-1)).toMatch(/,1$/);
    expect(rowsOf(home, 'descendants.csv').at(-1)).toMatch(/,0$/);
    expect(await home.ok('detect', 'recording')).toMatch(/^No leak in \d+ samples\.\nNo spike in /);
    const again = await home.run('record', 'web', 'recording', '--past');
    expect(again.stderr).toContain('already contains a recording — name another folder');
    await home.down();
  });

  test('writes the past by minute, and names what it recorded', async () => {
    await using home = new HealerHome();
    await home.up('web - - -- sleep 100000');
    await waitFor(async () => (await home.ask((api) => api.usage({ id: 'web' }))).at !== null, 'a sample');
    expect(await home.ok('record', 'web', 'past', '--past')).toMatch(
      /^Recorded 1 samples? of "web" in .*past; replay with/,
    );
    expect(JSON.parse(home.read('past/recording.json'))).toMatchObject({ version: 1, id: 'web', expect: null });
    const suggested = await home.ok('suggest');
    expect(suggested).toMatch(/^web {2}observed for \d min only: limits are proposed after 60 min\n$/);
    await home.down();
  });
});
