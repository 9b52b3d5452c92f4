import { appendFileSync, closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const SLEEP = 'sleep 100000';

async function idsOf(home: HealerHome): Promise<string[]> {
  return [...(await home.rows()).keys()].sort();
}

describe('an edit of the list', () => {
  test('is applied as a diff: added, removed, limits in place, commands restarted', async () => {
    await using home = new HealerHome();
    await home.up(
      `same - - -- ${SLEEP}`,
      `limits - - -- ${SLEEP}`,
      `command - - -- ${SLEEP}`,
      `removed - - -- ${SLEEP}`,
    );
    const pids = new Map([...(await home.rows()).values()].map(({ id, pid }) => [id, Number(pid)]));
    home.list(
      `same - - -- ${SLEEP}`,
      `added - - -- ${SLEEP}`,
      `limits 50 500 -- ${SLEEP}`,
      'command - - -- sleep 200000',
    );
    await waitFor(async () => (await idsOf(home)).join() === 'added,command,limits,same', 'the edit to be applied');
    await waitFor(async () => {
      const pid = (await home.row('command')).pid;
      return pid !== null && pid !== pids.get('command');
    }, 'the changed command to be restarted');
    expect(isAlive(Number(pids.get('removed')))).toBe(false);
    expect(await home.row('same')).toMatchObject({ pid: pids.get('same'), restarts: 0 });
    expect(await home.row('limits')).toMatchObject({
      pid: pids.get('limits'),
      limits: { cpuPercent: 50, memoryMb: 500 },
      source: expect.stringContaining(':3'),
    });
    expect((await home.row('added')).pid).not.toBeNull();
    expect(home.survivors().filter(({ command }) => command.includes('200000'))).toHaveLength(1);
    const changed = await home.event('config-changed');
    expect(changed.data).toMatchObject({ added: ['added'], removed: ['removed'] });
    await home.down();
  });

  test('that first truncates the file stops nothing, nor does one that leaves it empty, which is reported', async () => {
    await using home = new HealerHome();
    await home.up('kept - - -- sleep 100000');
    const { pid } = await home.state('kept', 'running');
    const editor = openSync(home.listFile, 'w');
    // Reads all sources immediately, in the middle of the edit.
    await home.ok('add', 'other', '--', 'sleep', '100000');
    expect(await home.row('kept')).toMatchObject({ state: 'running', pid });
    writeSync(editor, 'kept - - -- sleep 100000\nnew - - -- sleep 100000\n');
    closeSync(editor);
    await waitFor(async () => (await home.rows()).has('new'), 'the edit to be applied');
    expect(await home.row('kept')).toMatchObject({ state: 'running', pid });
    writeFileSync(home.listFile, '');
    const { reason } = await home.event('config-invalid');
    expect(reason).toContain('process_list.txt: this file is empty now; its programs keep running as defined before');
    expect(await idsOf(home)).toEqual(['kept', 'new', 'other']);
    expect(await home.row('kept')).toMatchObject({ state: 'running', pid });
    writeFileSync(home.listFile, '# no programs any more\n');
    await waitFor(async () => (await idsOf(home)).join() === 'other', 'the list without programs to be applied');
    await home.down();
  });

  test('is detected when an editor replaces the file, and when a removed file reappears', async () => {
    await using home = new HealerHome();
    await home.up(`a - - -- ${SLEEP}`);
    const pid = await home.pid('a');
    writeFileSync(`${home.listFile}.swp`, `a - - -- ${SLEEP}\nb - - -- ${SLEEP}\n`);
    renameSync(`${home.listFile}.swp`, home.listFile);
    await waitFor(async () => (await idsOf(home)).join() === 'a,b', 'the replaced file to be read');
    rmSync(home.listFile);
    const gone = await home.event('config-invalid');
    expect(gone.reason).toContain('process_list.txt');
    expect(await idsOf(home)).toEqual(['a', 'b']);
    home.list(`a - - -- ${SLEEP}`, `c - - -- ${SLEEP}`);
    await waitFor(async () => (await idsOf(home)).join() === 'a,c', 'the new file to be read');
    expect(await home.pid('a')).toBe(pid);
    await home.down();
  });

  test('with an invalid line changes nothing else, and reports file, line and column', async () => {
    await using home = new HealerHome();
    await home.up(`a - - -- ${SLEEP}`, `b - - -- ${SLEEP}`);
    const before = [...(await home.rows()).values()].map(({ id, pid }) => [id, pid]);
    home.list(`a - - -- ${SLEEP}`, 'b fifty - -- x', `c - - -- ${SLEEP}`);
    const problem = await home.event('config-invalid');
    expect(problem.reason).toMatch(/process_list\.txt:2:3: /);
    expect(problem.data).toMatchObject({ line: 2, column: 3, severity: 'error' });
    await waitFor(async () => (await idsOf(home)).join() === 'a,b,c', 'the valid new line to be loaded');
    const after = new Map([...(await home.rows()).values()].map(({ id, pid }) => [id, pid]));
    for (const [id, pid] of before) expect(after.get(String(id))).toBe(pid);
    expect(await home.ok('events')).toMatch(/process_list\.txt:2:3/);
    await home.down();
  });
});

describe('an invalid list', () => {
  const GOOD = `good - - -- ${SLEEP}`;

  test.each([
    ['bad lines between good ones', `bad line\n${GOOD}\n - - -\nx 1 2 3 4\n`, /process_list\.txt:1:/],
    ['Windows line ends', `${GOOD}\r\nother - - -- ${SLEEP}\r\n`, null],
    ['no newline at its end', GOOD, null],
    ['a byte order mark', `\uFEFF${GOOD}\n`, null],
    ['a duplicate name', `good - - -- sleep 1\n${GOOD}\n`, /process_list\.txt:1:1: .*line 2/],
    ['an unclosed quote', `${GOOD}\nopen - - -- sh -c "never closed\n`, /process_list\.txt:2:/],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from(`${GOOD}\n`), Buffer.from([0xff, 0xfe, 10, 0x80])]),
      /process_list\.txt:2:/,
    ],
  ])('%s: the valid program runs, and the problem is reported', async (_what, content, problem) => {
    await using home = new HealerHome();
    writeFileSync(home.listFile, content);
    await home.up();
    expect((await home.state('good', 'running', 'starting')).pid).not.toBeNull();
    const reasons = (await home.events()).filter(({ kind }) => kind === 'config-invalid').map(({ reason }) => reason);
    if (problem === null) expect(reasons).toEqual([]);
    else expect(reasons.join('\n')).toMatch(problem);
    await home.down();
  });

  test('a binary file and a line of 10 MB stop nothing: the engine keeps running and reads the next edit', async () => {
    await using home = new HealerHome();
    await home.up(`first - - -- ${SLEEP}`);
    writeFileSync(home.listFile, Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 256)));
    await home.event('config-invalid');
    expect((await home.events()).some(({ kind }) => kind === 'config-invalid')).toBe(true);
    expect((await home.events()).length).toBeLessThan(100);
    writeFileSync(home.listFile, `${'x'.repeat(10 * 2 ** 20)}\n${GOOD}\n`);
    await waitFor(async () => (await home.rows()).has('good'), 'the line after the long one to be loaded');
    const reasons = (await home.events()).map(({ reason }) => reason);
    expect(Math.max(...reasons.map(({ length }) => length))).toBeLessThan(2000);
    appendFileSync(home.listFile, `after - - -- ${SLEEP}\n`);
    await waitFor(async () => (await home.rows()).has('after'), 'the next edit to be read');
    await home.down();
  });

  test('an argument of 100,000 characters reaches its program', async () => {
    await using home = new HealerHome();
    await home.up(`long - - -- sh -c "printf %s $1 > got; sleep 100000" sh ${'y'.repeat(100_000)}`);
    await waitFor(() => home.read('got').length === 100_000, 'the argument to arrive');
    await home.down();
  });

  test('without a list, the engine runs and reports that it is missing', async () => {
    await using home = new HealerHome();
    const { code, stderr } = await home.run('up', '-f', `${home.folder}/nowhere.txt`);
    if (code === 0) await home.down();
    else expect(stderr).toContain('nowhere.txt');
    await home.empty();
  });
});
