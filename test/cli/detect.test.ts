import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { spec } from '../support/programs.ts';
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

/** Writes a recording as `healer record` does. */
async function recording(facts: object, memory: readonly string[] = []): Promise<string> {
  const folder = join(home.folder, 'recording');
  await mkdir(folder);
  const defaults = { version: 1, id: 'web', since: '2026-01-01T00:00:00Z', expect: null };
  const { limits, anomaly } = spec({ anomaly: { leak: { fastMbPerSecond: null } } });
  await writeFile(join(folder, 'recording.json'), JSON.stringify({ ...defaults, limits, anomaly, ...facts }));
  for (const name of ['memory', 'cpu', 'descriptors', 'threads', 'descendants']) {
    const rows = name === 'memory' ? memory : ['0,1', '1,1'];
    await writeFile(join(folder, `${name}.csv`), ['timestamp,value', ...rows, ''].join('\n'));
  }
  return folder;
}

describe('detect in a recording', () => {
  test('runs every detector on its series', async () => {
    const { code, stdout } = await home.run(['detect', await recording({}, leakRows(String))]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\S+ to 3595 {2}leak: memory rose 6\.0 MB\/min/);
    expect(stdout).toContain('No spike in 2 samples.\nNo descriptorLeak in 2 samples.\nNo threadLeak in 2 samples.');
  });

  test('fails if it finds what is expected to be a false alarm', async () => {
    const { code, stderr } = await home.run(['detect', await recording({ expect: 'nothing' }, leakRows(String))]);
    expect(code).toBe(1);
    expect(stderr).toContain('false alarms: the recording of "web" is expected to contain no leak');
  });

  test('passes if a false alarm is not raised anymore', async () => {
    const { code } = await home.run(['detect', await recording({ expect: 'nothing' }, ['0,100', '5,100'])]);
    expect(code).toBe(0);
  });

  test('takes one detector if it is named, and prints JSON', async () => {
    const folder = await recording({}, leakRows(String));
    const { stdout } = await home.run(['detect', folder, '--kind', 'leak', '--json']);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ id: 'web', expect: null, series: [{ kind: 'leak', samples: 720 }] });
    expect(report.series).toHaveLength(1);
  });

  test.each([
    ['another version', { version: 7 }, /is not a recording of "healer record" \(its version is 7 instead of 1\)/],
    ['a missing field', { limits: undefined }, /is not a recording of "healer record" \(a field is missing\)/],
  ])('refuses %s', async (_what, facts, message) => {
    const { code, stderr } = await home.run(['detect', await recording(facts)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

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
