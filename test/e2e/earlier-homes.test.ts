import { chmodSync, cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';

const HOMES = fileURLToPath(new URL('../fixtures/homes', import.meta.url));
const RECORDED = readdirSync(HOMES).filter((name) => statSync(join(HOMES, name)).isDirectory());

interface Expected {
  readonly programs: Readonly<Record<string, { readonly state: string; readonly restarts: number }>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Copies a recorded home, and lets its paths lead to the copy. Git does not keep that files are private. */
function copyOf(name: string): HealerHome {
  const home = new HealerHome();
  cpSync(join(HOMES, name), home.folder, { recursive: true });
  for (const path of readdirSync(home.folder, { recursive: true, encoding: 'utf8' }).map((each) =>
    join(home.folder, each),
  )) {
    const isFile = statSync(path).isFile();
    chmodSync(path, isFile ? 0o600 : 0o700);
    if (!isFile) continue;
    const text = readFileSync(path, 'utf8');
    if (text.includes('@HOME@')) writeFileSync(path, text.replaceAll('@HOME@', home.folder));
  }
  return home;
}

/** Returns the lines of an event log. */
function linesIn(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

test('there is a home of the first version and of the current one', () => {
  expect(RECORDED).toContain('0.1.0-fb24472');
  expect(RECORDED.length).toBeGreaterThan(1);
});

describe.each(RECORDED)('the home of %s', (name) => {
  test('is continued: programs, overrides, settings, events, alerts and logs', async () => {
    await using home = copyOf(name);
    const { programs, settings } = JSON.parse(home.read('expected.json')) as Expected;
    const before = linesIn(home.paths.healingLog);
    const started = await home.ok('up');
    expect(started).not.toMatch(/damaged|cannot read|ignored/i);
    for (const id of ['web', 'api', 'sleeper', 'extra']) await home.state(id, 'running');

    const rows = await home.rows();
    expect([...rows.keys()].sort()).toEqual(Object.keys(programs).sort());
    expect(rows.get('idle')?.state).toBe('disabled');
    expect(await home.ok('describe', 'sleeper')).toMatch(/200 MB/);
    expect(await home.ok('describe', 'extra')).toMatch(/limits +50\.0 MB/);

    for (const [key, value] of Object.entries(settings)) {
      const read = JSON.parse(await home.ok('config', 'get', key, '--json')) as { readonly value: unknown };
      expect(read.value, key).toEqual(value);
    }
    const diagnoses = JSON.parse((await home.run('doctor', '--json')).stdout) as {
      check: string;
      status: string;
      message: string;
    }[];
    for (const check of ['registry', 'sources', 'alerts', 'mail', 'state folder', 'config folder']) {
      expect(diagnoses.find((each) => each.check === check)).toMatchObject({ check, status: 'ok' });
    }

    const after = linesIn(home.paths.healingLog);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map((line) => Number(line.split(' ')[1]))).toEqual(after.map((_, index) => index + 1));
    const log = await home.ok('logs', 'web', '-n', '100000');
    expect(log).toMatch(/\bline 1$/m);
    expect(log).toMatch(/\boops 1$/m);
    expect(log.match(/\bline 1$/gm)?.length).toBeGreaterThanOrEqual(1);
    await home.down();
  });
});
