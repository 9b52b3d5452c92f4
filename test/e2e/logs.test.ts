import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { FIXTURE_PROGRAMS } from '../support/launch-room.ts';
import { CLI, finished } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

const COUNT = `${process.execPath} ${join(FIXTURE_PROGRAMS, 'count.mjs')}`;

describe('the output of programs', () => {
  test('is complete and in order after three kills of the engine and one of the log collector', async () => {
    await using home = new HealerHome();
    await home.up(`counter - - -- ${COUNT} line`);
    const { pid } = await home.state('counter', 'running');
    for (let kill = 1; kill <= 3; kill++) {
      home.write(`go-${String(kill)}`, '');
      await grownBy(home, 'counter', 300_000);
      await home.killEngine();
      if (kill === 2) process.kill(collectorOf(home), 'SIGKILL');
      await home.up();
    }
    home.write('enough', '');
    await waitFor(() => logOf(home, 'counter').includes('ended at'), 'the last line');
    expect(await home.row('counter')).toMatchObject({ pid, restarts: 0 });
    expectComplete(linesOf(home, 'counter', 'stdout'));
    await home.down();
  });

  test('is logged after the program has exited, including an unterminated last line', async () => {
    await using home = new HealerHome();
    await home.up('short - - -- sh -c "echo first; echo bad >&2; printf tail; exit 3"');
    await home.event('crashed');
    const lines = await waitFor(async () => {
      const found = await home.ask((api) => api.logs({ id: 'short', tail: 100 }));
      const isThere = (wanted: string): boolean => found.some(({ text }) => text === wanted);
      return isThere('tail') && isThere('bad') ? found : null;
    }, 'both streams in the log');
    const texts = (stream: string): string[] => lines.filter((line) => line.stream === stream).map(({ text }) => text);
    expect(texts('stdout').slice(0, 2)).toEqual(['first', 'tail']);
    expect(texts('stderr')[0]).toBe('bad');
    const printed = await home.ok('logs', 'short', '--stream', 'stderr');
    expect(new Set(printed.trim().split('\n'))).toEqual(new Set(['bad']));
    await home.ok('stop', 'short');
    await home.down();
  });

  test('is rotated by size, without losing a line', async () => {
    await using home = new HealerHome();
    await home.up(`counter - - -- ${COUNT} a-rather-long-line-that-fills-the-file-soon-${'x'.repeat(100)}`);
    const folder = join(home.paths.logsDir, 'counter');
    home.write('go-1', '');
    await grownBy(home, 'counter', 1);
    home.write('enough', '');
    await waitFor(() => logOf(home, 'counter').includes('ended at'), 'the last line');
    expect(logFiles(home, 'counter').length).toBeGreaterThanOrEqual(3);
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).size).toBeLessThan(12 * 2 ** 20);
    }
    expectComplete(linesOf(home, 'counter', 'stdout'));
    await home.down();
  });

  test('never blocks a program, and an endless line is split at 64 KiB', async () => {
    await using home = new HealerHome();
    await home.up('endless - - -- sh -c "head -c 300000 /dev/zero | tr \'\\0\' x; touch written; sleep 100000"');
    await waitFor(
      () => home.read('written') === '' && readdirSync(home.folder).includes('written'),
      'all output to be read',
    );
    const lines = await waitFor(async () => {
      const found = await home.ask((api) => api.logs({ id: 'endless', tail: 100 }));
      return found.reduce((sum, { text }) => sum + text.length, 0) >= 4 * 64 * 1024 ? found : null;
    }, 'the parts in the log');
    expect(Math.max(...lines.map(({ text }) => text.length))).toBeLessThanOrEqual(64 * 1024);
    expect(lines.every(({ partial }, index) => partial || index === lines.length - 1)).toBe(true);
    await home.down();
  });

  test('is followed until the reader exits, even without new lines', async () => {
    await using home = new HealerHome();
    await home.up('quiet - - -- sh -c "echo one; sleep 100000"');
    await waitFor(() => home.read('state/default/logs/quiet/current.log') !== '', 'the line');
    const script = `"${process.execPath}" "${CLI}" logs quiet -f | head -1`;
    const follower = spawn('sh', ['-c', script], { env: home.env });
    expect(await finished(follower)).toMatchObject({ code: 0, stdout: 'one\n', stderr: '' });
    await home.down();
  });

  test('shows the output of one run, also after the engine and the log collector were killed', async () => {
    await using home = new HealerHome();
    await home.up('talker - - -- sh -c "echo run of $PPID; exec sleep 100000"', 'silent - - -- sleep 100000');
    const textsOf = async (id: string, run: number): Promise<string[]> =>
      (await home.ask((api) => api.logs({ id, tail: 100, run }))).map(({ text }) => text);
    await waitFor(async () => (await textsOf('talker', 0)).length === 1, 'the output of the first run');
    await home.ask((api) => api.restart({ id: 'talker' }));
    await home.ask((api) => api.restart({ id: 'silent' }));
    await home.killEngine();
    await home.up();
    await home.ask((api) => api.restart({ id: 'talker' }));
    await waitFor(async () => (await textsOf('talker', 3)).length === 1, 'the output of the third run');
    for (const run of [1, 2, 3, 0, -1, -2]) expect(await textsOf('talker', run)).toHaveLength(1);
    expect(await textsOf('silent', -1)).toEqual([]);
    for (const run of [4, -3]) {
      await expect(textsOf('talker', run)).rejects.toThrow('its runs are 1 to 3, and 0 is the latest');
    }
    await home.down();
  });

  test('leaves nothing in the runtime folder after a shutdown: no pipe, no lock, no socket', async () => {
    await using home = new HealerHome();
    await home.up('a - - -- sleep 100000', 'b - - -- sh -c "exit 0"');
    await home.state('b', 'exited');
    await home.down();
    expect(readdirSync(home.paths.runtimeDir)).toEqual([]);
  });
});

describe('logs -f', () => {
  test('continues after a restart of the engine, without duplicate or lost lines', async () => {
    await using home = new HealerHome();
    await home.up('ticker - - -- sh -c "i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.02; done"');
    const follower = home.spawn('logs', 'ticker', '-f', '-n', '100000');
    let printed = '';
    follower.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    const lastTick = (): number => Number([...printed.matchAll(/tick (\d+)\n/g)].at(-1)?.[1] ?? 0);
    await waitFor(() => lastTick() > 20, 'the first lines');
    await home.killEngine();
    const atKill = lastTick();
    await home.up();
    await waitFor(() => lastTick() > atKill + 50, 'lines after the restart');
    follower.kill('SIGINT');
    const numbers = [...printed.matchAll(/tick (\d+)\n/g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    await home.down();
  });
});

function logFiles(home: HealerHome, id: string): string[] {
  const folder = join(home.paths.logsDir, id);
  if (!existsSync(folder)) return [];
  const age = (name: string): number => Number(/\.(\d+)$/.exec(name)?.[1] ?? 0);
  return readdirSync(folder)
    .filter((name) => name.startsWith('current.log'))
    .sort((a, b) => age(b) - age(a))
    .map((name) => join(folder, name));
}

function logOf(home: HealerHome, id: string): string {
  return readFileSync(join(home.paths.logsDir, id, 'current.log'), 'utf8');
}

/** Returns the lines of the program from the records of all files, oldest first. */
function linesOf(home: HealerHome, id: string, stream: 'stdout' | 'stderr'): string[] {
  const records = logFiles(home, id).flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n'));
  return records
    .map((record) => record.split(' '))
    .filter(([, of]) => of === stream)
    .map((words) => words.slice(3).join(' '));
}

/** Expects every number from 1 to the last one that the program reports, each once and in order. */
function expectComplete(lines: readonly string[]): void {
  const last = Number(/ended at (\d+)/.exec(lines.at(-1) ?? '')?.[1]);
  const wrong = lines.slice(0, -1).findIndex((line, index) => numberOf(line) !== index + 1);
  expect({ wrong, around: wrong === -1 ? [] : lines.slice(Math.max(0, wrong - 2), wrong + 2) }).toEqual({
    wrong: -1,
    around: [],
  });
  expect(lines).toHaveLength(last + 1);
}

function numberOf(line: string): number {
  return Number(/ (\d+)$/.exec(line)?.[1]);
}

/** Waits until the program has printed that many more bytes. */
async function grownBy(home: HealerHome, id: string, bytes: number): Promise<void> {
  const size = (): number => logFiles(home, id).reduce((sum, path) => sum + statSync(path).size, 0);
  const before = size();
  await waitFor(() => size() < before || size() >= before + bytes, 'the log to grow');
}

function collectorOf(home: HealerHome): number {
  const collector = home.survivors().find(({ command }) => command.includes('healer-keeper'));
  if (collector === undefined || !isAlive(collector.pid)) throw new Error('no log collector is running');
  return collector.pid;
}
