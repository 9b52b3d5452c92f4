import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
});
afterEach(() => home.remove());

const START_MS = Date.parse('2026-01-01T00:00:00Z');

async function series(rows: readonly string[], header = 'timestamp,value'): Promise<string> {
  const file = join(home.folder, 'series.csv');
  await writeFile(file, [header, ...rows, ''].join('\n'));
  return file;
}

/** Returns an hour of memory values, one row every 5 s. */
function leakRows(stampOf: (t: number) => string): string[] {
  return Array.from({ length: 720 }, (_, index) => `${stampOf(index * 5)},${String(100 + index * 0.5)}`);
}

describe('detect', () => {
  test('finds a leak in a file, with its evidence, without an engine', async () => {
    const file = await series(leakRows((t) => new Date(START_MS + t * 1000).toISOString()));
    const { code, stdout, stderr } = await home.run(['detect', '--kind', 'leak', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^2026-01-01T00:19:30\S+ to 2026-01-01T00:59:55.000Z {2}leak: memory rose 6\.0 MB\/min for 18 min/,
    );
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  test('prints JSON with the figures', async () => {
    const file = await series(leakRows(String));
    const { stdout } = await home.run(['detect', '--kind', 'leak', '--json', file]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ kind: 'leak', samples: 720, problems: [] });
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]).toMatchObject({ until: '3595', figures: { mbPerMinute: 6 } });
  });

  test('reports that nothing was found', async () => {
    const file = await series(['0,1', '1,1', '2,1']);
    for (const kind of ['leak', 'spike', 'novelty']) {
      expect((await home.run(['detect', '--kind', kind, file])).stdout).toBe(`No ${kind} in 3 samples.\n`);
    }
  });

  test('reports bad rows with their line numbers and continues with the others', async () => {
    const file = await series(['0,1', 'yesterday,1', '2,much', '3,1', '4']);
    const { code, stdout, stderr } = await home.run(['detect', file]);
    expect(code).toBe(0);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining('skipped line 3: "yesterday" is neither a number of seconds nor an ISO 8601 time'),
      expect.stringContaining('skipped line 4: "much" is not a number'),
      expect.stringContaining('skipped line 6: "" is not a number'),
    ]);
    expect(stdout).toBe('No leak in 2 samples.\n');
  });

  test('finds the columns by their names, in any order', async () => {
    const file = await series(['web,5,0', 'web,6,1'], 'host,value,timestamp');
    expect((await home.run(['detect', file])).stdout).toBe('No leak in 2 samples.\n');
  });

  test('refuses a file without a row, and a missing file', async () => {
    const empty = await home.run(['detect', await series(['web', 'db'], 'host')]);
    expect(empty.code).toBe(1);
    expect(empty.stderr).toContain('has no row of the form "timestamp,value"');
    const missing = await home.run(['detect', join(home.folder, 'none.csv')]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/cannot read ".*none\.csv": file not found — check the path/);
  });
});
