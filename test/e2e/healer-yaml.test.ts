import { readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ReloadResult } from '../../src/protocol/results/config-plan.ts';
import type { ProcessRow } from '../../src/protocol/snapshot.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const SLEEP = '{ command: sleep, args: [100000] }';

class YamlHome extends HealerHome {
  readonly yamlFile = join(this.folder, 'healer.yaml');

  yaml(...programs: readonly string[]): void {
    writeFileSync(this.yamlFile, `processes:\n${programs.map((line) => `  ${line}\n`).join('')}`);
  }

  async pids(): Promise<ReadonlyMap<string, number | null>> {
    return new Map([...(await this.rows()).values()].map(({ id, pid }) => [id, pid]));
  }

  async plan(...args: readonly string[]): Promise<{ code: number | null; plan: ReloadResult; stderr: string }> {
    const { code, stdout, stderr } = await this.run('reload-config', '--json', ...args);
    return { code, plan: JSON.parse(stdout) as ReloadResult, stderr };
  }
}

describe('a healer.yaml next to a process list', () => {
  test('an edit of either, while 50 programs run, restarts only the affected programs', async () => {
    await using home = new YamlHome();
    const many = Array.from({ length: 45 }, (_, index) => `many${String(index)} - - -- sleep 100000`);
    home.list(...many, 'listed - - -- sleep 100000');
    const before = [
      `limits: ${SLEEP}`,
      `command: ${SLEEP}`,
      `gone: ${SLEEP}`,
      'copies: { command: sleep, args: [100000], instances: 2 }',
      'listed: { limits: { memoryMb: 700 } }',
    ];
    home.yaml(...before);
    await home.ok('up', '-f', home.listFile, '-f', home.yamlFile);
    const pids = await home.pids();
    expect(pids.size).toBe(51);
    expect(await home.row('listed')).toMatchObject({
      limits: { memoryMb: 700 },
      source: `${home.listFile}:46, ${home.yamlFile}:6`,
    });

    home.yaml(
      'limits: { command: sleep, args: [100000], limits: { memoryMb: 900 } }',
      'command: { command: sleep, args: [200000] }',
      `new: ${SLEEP}`,
      'copies: { command: sleep, args: [100000], instances: 3 }',
    );
    home.list(...many, 'listed 50 - -- sleep 100000');
    const wanted = new Set([...pids.keys(), 'new', 'copies-2']);
    wanted.delete('gone');
    await waitFor(async () => {
      const now = await home.pids();
      const isKnown = now.size === wanted.size && [...wanted].every((id) => now.has(id));
      const isLimited = isKnown && (await home.row('listed')).limits.cpuPercent === 50;
      return isLimited && now.get('command') !== pids.get('command') && now.get('command') !== null;
    }, 'both edits to be applied');
    const after = await home.rows();
    for (const [id, pid] of pids) {
      if (id === 'gone' || id === 'command') continue;
      expect([id, after.get(id)?.pid, after.get(id)?.restarts]).toEqual([id, pid, 0]);
    }
    expect(after.get('listed')?.limits).toEqual({ cpuPercent: 50, memoryMb: null });
    expect(after.get('limits')?.limits.memoryMb).toBe(900);
    await home.down();
  });

  test('an edit with an error changes nothing, is reported, and takes effect once it is fixed', async () => {
    await using home = new YamlHome();
    home.yaml(`a: ${SLEEP}`, `b: ${SLEEP}`);
    await home.ok('up', '-f', home.yamlFile);
    const pids = await home.pids();
    home.yaml(`a: ${SLEEP}`, `c: ${SLEEP}`, 'd: { comand: sleep }');
    const event = await home.event('config-invalid', ({ reason }) => reason.includes('comand'));
    expect(event.reason).toMatch(/healer\.yaml:4:8: unknown field "comand" \(did you mean "command"\?\)/);
    expect(await home.pids()).toEqual(pids);
    const { code, plan, stderr } = await home.plan();
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean "command"?');
    expect(plan).toMatchObject({ added: [], removed: [], unchanged: ['a', 'b'], refused: [home.yamlFile] });
    home.yaml(`a: ${SLEEP}`, `c: ${SLEEP}`);
    await waitFor(async () => [...(await home.rows()).keys()].join() === 'a,c', 'the fixed edit to be applied');
    expect((await home.pids()).get('a')).toBe(pids.get('a'));
    await home.down();
  });

  test('a start with errors runs the valid programs and names the others', async () => {
    await using home = new YamlHome();
    home.yaml(`good: ${SLEEP}`, 'bad: { command: 7 }');
    const { code, stderr } = await home.run('up', '-f', home.yamlFile);
    expect(code).toBe(0);
    expect(stderr).toMatch(/healer\.yaml:3:19: command is 7, but has to be text/);
    expect(stderr).not.toContain('nothing of');
    expect([...(await home.rows()).keys()]).toEqual(['good']);
    expect(await home.ok('update', 'bad', '--memory', '100')).toMatch(/^saved for later: "bad" has .* errors/);
    await home.down();
  });
});

describe('a plan', () => {
  test('is shown without being applied, with and without a running engine', async () => {
    await using home = new YamlHome();
    home.yaml(`a: ${SLEEP}`);
    expect(await home.ok('up', '--dry-run', '-f', home.yamlFile)).toMatch(/^would add +a$/m);
    expect(home.survivors()).toEqual([]);
    await home.ok('up', '-f', home.yamlFile);
    const other = join(home.folder, 'other.yaml');
    writeFileSync(
      other,
      'processes: { a: { command: sleep, args: [200000], nice: 1 }, b: { command: sleep, args: [1000] } }',
    );
    const shown = await home.ok('up', '--dry-run', '--replace', '-f', other);
    expect(shown).toMatch(/would add +b\nwould restart +a \(args, nice\)\n/);
    expect([...(await home.rows()).keys()]).toEqual(['a']);
    await home.down();
  });

  test('that replaces the files is applied by "up" to the running engine, unless they have errors', async () => {
    await using home = new YamlHome();
    home.yaml(`a: ${SLEEP}`);
    await home.ok('up', '-f', home.yamlFile);
    const pid = await home.pid('a');
    const other = join(home.folder, 'other.yaml');
    writeFileSync(other, 'processes: { b: { command: [sleep] } }');
    const refused = await home.run('up', '--replace', '-f', other);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('other.yaml:1:28: command is a list');
    expect([...(await home.rows()).values()].map(({ id, pid: now }: ProcessRow) => [id, now])).toEqual([['a', pid]]);

    writeFileSync(other, `processes: { a: ${SLEEP}, b: ${SLEEP} }`);
    expect(await home.ok('up', '--replace', '-f', other)).toMatch(/added +b\nunchanged +1\n/);
    expect(await home.pid('a')).toBe(pid);
    writeFileSync(other, `processes: { b: ${SLEEP} }`);
    await waitFor(async () => (await home.rows()).size === 1, 'the new file to be used');
    await home.down();
  });
});

test('config check names every problem, and starts nothing', async () => {
  await using home = new YamlHome();
  home.yaml('a: { comand: x }', 'b: { command: x, limits: { memoryMb: much } }', 'c: { command: x }');
  const { code, stdout } = await home.run('config', 'check');
  expect(code).toBe(1);
  expect(stdout).toContain('2:8: unknown field "comand" (did you mean "command"?)');
  expect(stdout).toContain('3:40: limits.memoryMb cannot be the text "much"');
  expect(stdout).toContain('2 errors, 0 warnings, 1 usable program');
  const { stdout: json } = await home.run('config', 'check', '--json', home.yamlFile);
  expect(JSON.parse(json)).toMatchObject({
    programs: ['c'],
    problems: [
      { line: 2, column: 8 },
      { line: 3, column: 40 },
    ],
  });
  expect((await home.run('config', 'check', 'nowhere.yaml')).code).toBe(2);
  expect(home.survivors()).toEqual([]);
});

test('commands without a slash are looked up in "binaries" first, from the next start on', async () => {
  await using home = new YamlHome();
  const write = (binary: string): void =>
    writeFileSync(home.yamlFile, `binaries: { app: ${binary} }\nprocesses:\n  a: { command: app, args: [100000] }\n`);
  const executable = async (): Promise<string> => readlinkSync(`/proc/${String(await home.pid('a'))}/exe`);
  write('/bin/sleep');
  await home.ok('up', '-f', home.yamlFile);
  expect(await executable()).toBe(realpathSync('/bin/sleep'));
  await symlink(process.execPath, join(home.folder, 'other'));
  writeFileSync(join(home.folder, '100000'), 'setInterval(() => {}, 1000)');
  write('./other');
  await waitFor(async () => {
    await home.ok('restart', 'a');
    return (await executable()) === realpathSync(process.execPath);
  }, 'the other executable');
});
