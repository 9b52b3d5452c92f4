import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { locateCoreDump } from '../../../src/engine/os/core-dumps.ts';
import { HealerHome } from '../../support/healer-home.ts';

describe('the core dump of a process', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'healer-core-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const locate = (pattern: string, usesPid = false): string | null =>
    locateCoreDump({ pid: 4711, cwd: folder, atWall: Date.now() }, { pattern, usesPid });

  test.each([
    ['core', false, 'core'],
    ['core', true, 'core.4711'],
    ['core.%p', true, 'core.4711'],
    ['core.%P', false, 'core.4711'],
    ['core.%i', false, 'core.12'],
    ['%e-%s-%t.core', false, 'node-11-1790000000.core'],
    ['%E.%h', false, '!usr!bin!node.box.example.com'],
    ['100%%.core', false, '100%.core'],
    ['c++(%p)', false, 'c++(4711)'],
  ])('that %s (uses pid: %s) names is %s', (pattern, usesPid, name) => {
    writeFileSync(join(folder, name), '');
    expect(locate(pattern, usesPid)).toBe(join(folder, name));
    expect(locate(join(folder, pattern), usesPid)).toBe(join(folder, name));
  });

  test('is the newest file that fits, and no file of an earlier crash', () => {
    for (const [name, age] of [
      ['core.1', 0],
      ['core.2', 5],
      ['core.3', 7_200],
    ] as const) {
      writeFileSync(join(folder, name), '');
      utimesSync(join(folder, name), Date.now() / 1000 - age, Date.now() / 1000 - age);
    }
    expect(locate('core.%t')).toBe(join(folder, 'core.1'));
    rmSync(join(folder, 'core.1'));
    rmSync(join(folder, 'core.2'));
    expect(locate('core.%t')).toBe(`${join(folder, 'core.%t')} (kernel.core_pattern; not found)`);
  });

  test.each([
    ['|/usr/lib/systemd/systemd-coredump %P %u %g', 'coredumpctl info 4711'],
    ['|/usr/share/apport/apport -p%p', '/var/lib/apport/coredump or /var/crash (apport)'],
    ['|/opt/dump %p', 'passed to /opt/dump (kernel.core_pattern)'],
    ['', null],
    ['/nowhere/core.%p', '/nowhere/core.4711 (kernel.core_pattern; not found)'],
  ])('with the pattern %s is described as %s', (pattern, expected) => {
    expect(locate(pattern)).toBe(expected);
  });
});

test('describe, why and the event name the core dump of a program that crashed', async () => {
  await using home = new HealerHome();
  home.write(
    'healer.yaml',
    `processes:
  - id: dumper
    command: sh
    args: ['-c', 'kill -SEGV $$$$']
    cwd: ${home.folder}
    rlimits: { core: unlimited }
    restart: { policy: never }
`,
  );
  await home.ok('up', '-f', join(home.folder, 'healer.yaml'));
  await home.state('dumper', 'failed', 'exited');
  const { data } = await home.event('crashed');
  expect(data).toMatchObject({ signal: 'SIGSEGV', coreDumped: true });
  const dump = String(data['coreDump']);
  // The kernel of this machine decides where dumps go.
  const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
  if (/^core(\.%[pP])?$/.test(pattern)) expect(dump).toMatch(new RegExp(`^${home.folder}/core(\\.\\d+)?$`));
  expect(dump).not.toBe('undefined');
  expect((await home.row('dumper')).lastExit?.coreDump).toBe(dump);
  expect(await home.ok('describe', 'dumper')).toContain(dump);
  expect(await home.ok('why', 'dumper')).toContain(dump);
  await home.down();
});
