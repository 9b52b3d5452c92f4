import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../../src/base/process-liveness.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type BundledCollector, bundleCollector } from './support/bundled-collector.ts';
import { LOG, LogLab } from './support/log-lab.ts';
import { removeFolder } from '../../support/remove-folder.ts';

let collector: BundledCollector;
let lab: LogLab;
beforeAll(async () => void (collector = await bundleCollector()));
afterAll(() => collector[Symbol.asyncDispose]());
beforeEach(async () => {
  lab = new LogLab(collector.path);
  await lab.start();
});
afterEach(() => lab.close());

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));
const shell = (script: string): string[] => ['sh', '-c', script];
const node = (script: string): string[] => [process.execPath, '-e', script];

const BLOCKS = 9;
const BLOCK_LINES = 20_000;
/** Writes blocks of numbered lines, each after a file with its number has been created in the folder. */
const COUNT_IN_BLOCKS = `const { existsSync } = require('node:fs'); let n = 0; let block = 0;
  const timer = setInterval(() => {
    if (n === block * ${String(BLOCK_LINES)}) {
      if (block === ${String(BLOCKS)}) return void clearInterval(timer);
      if (!existsSync(process.argv[1] + '/' + block)) return;
      block += 1;
    }
    let text = ''; for (let i = 0; i < 200; i++) text += ++n + '\\n';
    process.stdout.write(text); }, 2)`;

/** Returns all text of a stream, with split lines joined. */
function joined(id: string): string {
  const lines = lab.lines(id).filter(({ stream }) => stream === 'stdout');
  return lines.map(({ text, partial }) => (partial ? text : `${text}\n`)).join('');
}

describe('program output', () => {
  test('is in the log once the run has ended, even for short-lived programs', async () => {
    await lab.run('brief', shell('echo out; echo err >&2')).ended;
    expect(lab.texts('brief')).toEqual(['out']);
    expect(lab.texts('brief', 'stderr')).toEqual(['err']);
  });

  test('keeps a last line without a newline', async () => {
    await lab.run('cut', ['printf', 'a\\nlast words']).ended;
    expect(lab.text('cut')).toMatch(/^\S+Z stdout F a\n\S+Z stdout F last words\n$/);
  });

  test('appears while the program is running, without an unfinished line', async () => {
    lab.run('prompt', shell('echo ready; printf "name? "; sleep 60'));
    await waitFor(() => lab.texts('prompt').length > 0, 'the first line');
    expect(lab.texts('prompt')).toEqual(['ready']);
  });

  test('is written without timestamps if they are disabled', async () => {
    await lab.run('plain', ['echo', 'text'], { ...LOG, timestamps: false }).ended;
    expect(lab.text('plain')).toBe('stdout F text\n');
  });

  test('keeps characters intact that arrive in two writes', async () => {
    await lab.run(
      'split',
      shell(`printf '\\303'; sleep 0.05; printf '\\244\\n'; printf '\\360\\237'; sleep 0.05; printf '\\230\\200\\n'`),
    ).ended;
    expect(lab.texts('split')).toEqual(['ä', '😀']);
  });

  test('keeps every byte of binary output', async () => {
    const script = `const b = Buffer.alloc(300000); for (let i = 0; i < b.length; i++) b[i] = (i * 7919) >> 3;
      require('fs').writeFileSync('${lab.folder}/sent', b); require('fs').writeSync(1, b)`;
    await lab.run('binary', node(script)).ended;
    const sent = await import('node:fs/promises').then(({ readFile }) => readFile(join(lab.folder, 'sent'), 'latin1'));
    const records = lab.bytes('binary').toString('latin1').split('\n').slice(0, -1);
    const text = records
      .map((record) => record.replace(/^\S+ stdout F /, '').replace(/^(\S+) stdout P /, '\0P'))
      .join('\n');
    expect(text === sent.replace(/\n$/, '')).toBe(true);
  });

  test('is split into records of 64 KiB if a line never ends', async () => {
    await lab.run('endless', shell('head -c 100000000 /dev/zero | tr "\\0" x'), { ...LOG, keep: 20 }).ended;
    const lines = lab.lines('endless');
    expect(Math.max(...lines.map(({ text }) => text.length))).toBe(64 * 1024);
    expect(lines.slice(0, -1).every(({ partial }) => partial)).toBe(true);
    expect(lines.at(-1)?.partial).toBe(false);
    expect(lines.reduce((sum, { text }) => sum + text.length, 0)).toBe(100_000_000);
  });

  test('does not block the program in the middle of a line that exceeds the pipe', async () => {
    const script = `const fs = require('fs'); fs.writeSync(1, 'begin ');
      setTimeout(() => { fs.writeSync(1, 'x'.repeat(3000000) + '\\n'); }, 100)`;
    await lab.run('blocker', node(script)).ended;
    expect(joined('blocker')).toBe(`begin ${'x'.repeat(3_000_000)}\n`);
  });

  test('is complete across rotations', async () => {
    await lab.run('rotated', ['seq', '200000'], { maxSizeMb: 0.5, keep: 50, timestamps: true }).ended;
    expect(lab.texts('rotated')).toEqual(numbers(200_000));
    expect(lab.files('rotated').length).toBeGreaterThan(10);
    for (const file of lab.files('rotated')) {
      expect(statSync(join(lab.logDir('rotated'), file)).size).toBeLessThanOrEqual(512 * 1024);
    }
  });

  test('is stored in private files, and again after the folder was removed', async () => {
    const { child } = lab.run(
      'gone',
      shell(
        'echo one; while ! test -e go; do sleep 0.02; done; echo two; sleep 60'.replaceAll('go;', `${lab.folder}/go;`),
      ),
    );
    await waitFor(() => lab.texts('gone').length === 1, 'the first line');
    expect(statSync(lab.logDir('gone')).mode & 0o777).toBe(0o700);
    expect(statSync(join(lab.logDir('gone'), 'current.log')).mode & 0o777).toBe(0o600);
    removeFolder(lab.logDir('gone'));
    writeFileSync(join(lab.folder, 'go'), '');
    await waitFor(() => lab.texts('gone').includes('two'), 'the second line');
    expect(child.exitCode).toBeNull();
  });

  test('is still read after the exit of the program, from processes that hold its pipes', async () => {
    const { ended } = lab.run(
      'parent',
      shell(`(while ! test -e ${lab.folder}/go; do sleep 0.02; done; echo late) & echo early`),
    );
    await ended;
    expect(lab.texts('parent')).toEqual(['early']);
    writeFileSync(join(lab.folder, 'go'), '');
    await waitFor(() => lab.texts('parent').includes('late'), 'the line of the leftover process');
    await waitFor(
      () => !existsSync(join(lab.pipesDir, 'parent.1.out')),
      'the pipes to be removed with their last holder',
    );
  });
});

describe('killing the log collector', () => {
  test('loses and duplicates no line, even when repeated', async () => {
    const command = [...node(COUNT_IN_BLOCKS), lab.folder];
    const { ended } = lab.run('counter', command, { ...LOG, maxSizeMb: 1, keep: 50 });
    for (let block = 0; block < BLOCKS; block += 1) {
      const wanted = lab.bytes('counter').length + Math.random() * BLOCK_LINES * 30;
      writeFileSync(join(lab.folder, String(block)), '');
      await waitFor(() => lab.bytes('counter').length > wanted, 'more lines');
      // The last one stays, so that it can be closed.
      if (block < BLOCKS - 1) await lab.killCollector();
    }
    await ended;
    await waitFor(() => lab.texts('counter').length >= BLOCKS * BLOCK_LINES, 'the last lines');
    expect(lab.texts('counter')).toEqual(numbers(BLOCKS * BLOCK_LINES));
  });

  test('loses no output of a program that exits before the next log collector is ready', async () => {
    const { ended, child } = lab.run(
      'last',
      shell(`echo a; while ! test -e ${lab.folder}/go; do sleep 0.01; done; echo b; printf c`),
    );
    await waitFor(() => lab.texts('last').length === 1, 'the first line');
    const pid = await lab.runningCollector();
    process.kill(pid, 'SIGKILL');
    writeFileSync(join(lab.folder, 'go'), '');
    await waitFor(() => child.exitCode !== null, 'the program to exit');
    await ended;
    await waitFor(() => lab.texts('last').length === 3, 'the last lines');
    expect(lab.texts('last')).toEqual(['a', 'b', 'c']);
    expect(lab.troubles.join()).toContain('the log collector died');
  });

  test('lets the next one recover a batch that was interrupted at any point', async () => {
    await lab.run('warm', ['echo', 'first']).ended;
    await lab.transport.close(true);
    const log = join(lab.logDir('warm'), 'current.log');
    const { size } = statSync(log);
    const header = { fifo: '/nowhere', length: 7, stream: 'stdout', timeMs: 0, tail: 'goes-on', log, size };
    writeFileSync(join(lab.runtimeDir, 'test.journal'), `${JSON.stringify(header)}\nsecond\n`);
    writeFileSync(log, '1970-01-01T00:00:00.000Z std', { flag: 'a' });
    await lab.start();
    await lab.run('warm', ['echo', 'third'], LOG, 2).ended;
    await waitFor(() => lab.texts('warm').includes('third'), 'the last line');
    expect(lab.texts('warm')).toEqual(['first', 'second', 'third']);
  });
});

describe('killing the engine', () => {
  async function engineRuns(id: string, script: string): Promise<{ engine: number; pid: number }> {
    await lab.transport.close(true);
    const engine = spawn(process.execPath, [collector.enginePath, lab.folder, collector.path, id, ...shell(script)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) =>
      engine.stdout.once('data', (data: Buffer) => resolve(Number(data))),
    );
    await waitFor(() => lab.texts(id).length > 0, 'the first line of the program');
    process.kill(engine.pid ?? 0, 'SIGKILL');
    await waitFor(() => !isAlive(engine.pid ?? 0), 'the engine to exit');
    return { engine: engine.pid ?? 0, pid };
  }

  test('leaves the program and its log unchanged, and the next engine finds both', async () => {
    const { pid } = await engineRuns(
      'survivor',
      `echo one; while ! test -e ${lab.folder}/go; do sleep 0.01; done; echo two; sleep 60`,
    );
    writeFileSync(join(lab.folder, 'go'), '');
    await waitFor(() => lab.texts('survivor').length === 2, 'a line that was written while no engine was running');
    const { runs, exits } = await lab.start();
    expect({ runs, exits }).toEqual({ runs: [{ id: 'survivor', run: 1 }], exits: [] });
    process.kill(-pid, 'SIGKILL');
    const exit = await waitFor(() => lab.exits[0], 'the report of its exit');
    expect(exit).toMatchObject({ id: 'survivor', run: 1, pid, status: { code: null, signal: 'SIGKILL' } });
    await lab.transport.ended('survivor', 1);
  });

  test.each([
    ['exit 7', { code: 7, signal: null, coreDumped: false }],
    ['kill -SEGV $$', { code: null, signal: 'SIGSEGV', coreDumped: false }],
    ['kill -ABRT $$', { code: null, signal: 'SIGABRT', coreDumped: false }],
  ])('lets the next engine learn from the log collector that the program exited with "%s"', async (end, status) => {
    const { pid } = await engineRuns(
      'mortal',
      `ulimit -c 0; echo up; while ! test -e ${lab.folder}/go; do sleep 0.01; done; ${end}`,
    );
    writeFileSync(join(lab.folder, 'go'), '');
    await waitFor(() => !isAlive(pid), 'the program to exit');
    await waitFor(() => !isAlive(lab.collectorPid() ?? 0), 'the log collector to exit, with nothing left to do');
    const { exits } = await lab.start();
    expect(exits).toMatchObject([{ id: 'mortal', run: 1, pid, status }]);
    await lab.transport.ended('mortal', 1);
    await waitFor(() => !existsSync(join(lab.runtimeDir, 'test.exits')), 'the exit to be acknowledged');
    expect(lab.exits).toEqual([]);
  });
});

describe('a full disk', () => {
  const writeFour = (): string =>
    `echo before; while ! test -e ${lab.folder}/full; do sleep 0.01; done; echo lost 1; echo lost 2; touch ${lab.folder}/written;
     while ! test -e ${lab.folder}/freed; do sleep 0.01; done; echo after; sleep 60`;

  test('never blocks a program, and the lost lines are recorded in the log afterwards', async () => {
    lab.run('full', shell(writeFour()));
    await waitFor(() => lab.texts('full').length === 1, 'the first line');
    const log = join(lab.logDir('full'), 'current.log');
    rmSync(log);
    symlinkSync('/dev/full', log);
    writeFileSync(join(lab.folder, 'full'), '');
    await waitFor(() => existsSync(join(lab.folder, 'written')), 'the program to continue');
    await waitFor(() => lab.gaps.length > 0, 'the report of the gap');
    rmSync(log);
    writeFileSync(join(lab.folder, 'freed'), '');
    await waitFor(() => lab.texts('full').includes('after') || lab.gaps.length > 1, 'the log to continue');
    await waitFor(() => lab.gaps.length > 1, 'the report of the end of the gap');
    expect(lab.text('full').split('\n')[0]).toMatch(
      /stderr F \[healer\] \d lines? \(\d+ bytes\) (was|were) not written: no space left on device \(\d\d:\d\d:\d\d–\d\d:\d\d:\d\d\)$/,
    );
    expect(lab.gaps[0]).toMatchObject({ id: 'full', run: 1, toWall: null, reason: 'no space left on device' });
    // "after" is either the first line after the gap or the last lost one.
    await waitFor(
      () => lab.gaps[1]?.lines === (lab.texts('full').includes('after') ? 2 : 3),
      'every lost line to be reported',
    );
  });

  test('disables the journal without losing a line', async () => {
    await lab.transport.close(true);
    const journal = join(lab.runtimeDir, 'test.journal');
    rmSync(journal, { force: true });
    symlinkSync('/dev/full', journal);
    await lab.start();
    await lab.run('unsafe', ['seq', '20000']).ended;
    expect(lab.texts('unsafe')).toEqual(numbers(20_000));
  });
});

describe('the log collector', () => {
  test('runs only once, even if several are started', async () => {
    const first = await lab.runningCollector();
    const settings = {
      instance: 'test',
      stateDir: lab.folder,
      runtimeDir: lab.runtimeDir,
      pipesDir: lab.pipesDir,
      engine: { pid: process.pid, startTicks: null },
    };
    const second = spawn(process.execPath, [collector.path, JSON.stringify(settings)], { stdio: 'inherit' });
    const code = await new Promise((resolve) => second.on('exit', resolve));
    expect(code).toBe(0);
    expect(lab.collectorPid()).toBe(first);
    expect(isAlive(first)).toBe(true);
  });

  test('ignores the signals of a closing terminal', async () => {
    const pid = await lab.runningCollector();
    await lab.run('warm', ['true']).ended;
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.kill(pid, signal);
    await lab.run('after', ['echo', 'still here']).ended;
    expect(lab.texts('after')).toEqual(['still here']);
    expect(lab.collectorPid()).toBe(pid);
  });

  test.each<[string, () => void, () => void]>([
    ['removed', () => undefined, () => undefined],
    ['temporarily not a folder', () => writeFileSync(lab.runtimeDir, ''), () => rmSync(lab.runtimeDir)],
  ])('is restarted after it dies while its folder is %s', async (_, damage, repair) => {
    const pid = await lab.runningCollector();
    await lab.run('before', ['true']).ended;
    removeFolder(lab.runtimeDir);
    damage();
    process.kill(pid, 'SIGKILL');
    await waitFor(() => !isAlive(pid), 'the log collector to exit');
    // The next turn of the engine, in which it notices the exit.
    await new Promise((resolve) => setImmediate(resolve));
    repair();
    expect(await lab.runningCollector()).not.toBe(pid);
    await lab.run('after', ['echo', 'still here']).ended;
    await waitFor(() => lab.texts('after').includes('still here'), 'the line');
    expect(lab.troubles.join()).toMatch(/the log collector died|cannot reach the log collector/);
  });

  test('ignores lines that are not commands', async () => {
    await lab.run('before', ['true']).ended;
    writeFileSync(join(lab.pipesDir, 'keeper.in'), `garbage\n{"kind":"follow"}\n{"kind":\n${'x'.repeat(5000)}\n`, {
      flag: 'a',
    });
    await lab.run('after', ['echo', 'works']).ended;
    expect(lab.texts('after')).toEqual(['works']);
  });

  test('exits on request and leaves no pipe behind', async () => {
    await lab.run('one', ['echo', 'x']).ended;
    const pid = await lab.runningCollector();
    await lab.transport.close(true);
    await waitFor(() => !isAlive(pid), 'the log collector to exit');
    expect(readdirSync(lab.pipesDir)).toEqual([]);
  });

  test('keeps running for a program without an engine, and exits after it', async () => {
    const { child } = lab.run('alone', shell('echo up; sleep 60'));
    await waitFor(() => lab.texts('alone').length === 1, 'the first line');
    const pid = await lab.runningCollector();
    await lab.transport.close(false);
    expect(isAlive(pid)).toBe(true);
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await waitFor(() => !isAlive(pid), 'the log collector to exit');
  });

  test('forgets a run that could not be started', () => {
    const { stdoutPath } = lab.transport.prepare('never', 1);
    expect(existsSync(stdoutPath)).toBe(true);
    lab.transport.discard('never', 1);
    expect(existsSync(stdoutPath)).toBe(false);
  });
});
