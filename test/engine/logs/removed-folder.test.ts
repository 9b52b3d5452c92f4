import { spawn } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { type BundledCollector, bundleCollector } from './support/bundled-collector.ts';
import { isAlive } from '../../../src/base/process-liveness.ts';
import { LogLab } from './support/log-lab.ts';

let collector: BundledCollector;
let lab: LogLab;
beforeAll(async () => void (collector = await bundleCollector()));
afterAll(() => collector[Symbol.asyncDispose]());
beforeEach(() => void (lab = new LogLab(collector.path)));
afterEach(() => lab.close());

/** Counts forever, fast enough to fill a pipe within a short time. */
const COUNT = `let n = 0; setInterval(() => {
  let text = ''; for (let i = 0; i < 200; i++) text += ++n + '\\n'; process.stdout.write(text); }, 2)`;
const counter = [process.execPath, '-e', COUNT];

async function linesArrive(count: number): Promise<void> {
  await waitFor(() => lab.texts('count').length > count, `more than ${String(count)} lines`);
}

/** Checks that no number is lost or duplicated, over more output than a pipe holds. */
async function expectWholeCount(): Promise<void> {
  const before = lab.texts('count').length;
  await linesArrive(before + 50_000);
  const texts = lab.texts('count');
  expect(texts.findIndex((text, index) => text !== String(index + 1))).toBe(-1);
}

/** Retries, since the log collector keeps recreating its journal. */
function removeFolder(): Promise<boolean> {
  const remove = (): boolean => {
    rmSync(lab.runtimeDir, { recursive: true, force: true });
    return !existsSync(lab.runtimeDir);
  };
  return waitFor(remove, 'the folder to be removed');
}

async function killed(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await waitFor(() => !isAlive(pid), 'it to exit');
}

/** Starts an engine with the counting program, to be killed later. */
async function startMortalEngine(): Promise<{ pid: number; program: number }> {
  const engine = spawn(process.execPath, [collector.enginePath, lab.folder, collector.path, 'count', ...counter], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const program = await new Promise<number>((resolve) =>
    engine.stdout.once('data', (data: Buffer) => resolve(Number(data))),
  );
  await linesArrive(1000);
  return { pid: engine.pid ?? 0, program };
}

/** Attaches like the next engine and follows the program. */
async function startNextEngine(program: number): Promise<void> {
  await lab.start();
  lab.followSurvivor('count', program);
}

async function endProgram(program: number): Promise<void> {
  process.kill(-program, 'SIGKILL');
  await lab.transport.ended('count', 1);
}

test('no line is lost if the log collector dies after its folder was removed', async () => {
  await lab.start();
  lab.run('count', counter);
  await linesArrive(1000);
  await removeFolder();
  await lab.killCollector();
  await expectWholeCount();
  expect(lab.troubles.join()).not.toMatch(/cannot follow/);
});

test('a log collector is found again after its folder was moved, and no line is lost if it is killed then', async () => {
  await lab.start();
  lab.run('count', counter);
  await linesArrive(1000);
  const before = lab.collectorPid();
  renameSync(lab.runtimeDir, join(lab.folder, 'aside'));
  expect(lab.transport.isInPlace()).toBe(false);
  lab.transport.restore();
  await waitFor(() => existsSync(join(lab.runtimeDir, 'test.journal')), 'the log collector to move');
  expect(lab.collectorPid()).toBe(before);
  rmSync(join(lab.folder, 'aside'), { recursive: true });
  await lab.killCollector();
  await expectWholeCount();
});

test('the next engine finds the log collector if the previous engine was killed after the folder was removed', async () => {
  const { pid, program } = await startMortalEngine();
  const before = lab.collectorPid();
  await removeFolder();
  await killed(pid);
  await startNextEngine(program);
  expect(lab.collectorPid()).toBe(before);
  await expectWholeCount();
  await endProgram(program);
});

test('the next engine finds the output of a program after folder, log collector and engine are gone', async () => {
  const { pid, program } = await startMortalEngine();
  await removeFolder();
  await killed(pid);
  await lab.killCollector();
  await startNextEngine(program);
  await expectWholeCount();
  await endProgram(program);
});

test('the next engine may have another runtime folder', async () => {
  const { pid, program } = await startMortalEngine();
  const before = lab.collectorPid();
  await killed(pid);
  lab.runtimeDir = join(lab.folder, 'elsewhere');
  await startNextEngine(program);
  expect(lab.collectorPid()).toBe(before);
  await expectWholeCount();
  await lab.run('new', ['echo', 'heard']).ended;
  expect(lab.texts('new')).toEqual(['heard']);
  await endProgram(program);
});

test('a regular file at the path of a removed pipe is not used as the pipe', async () => {
  await lab.start();
  lab.run('count', counter);
  await linesArrive(1000);
  await removeFolder();
  lab.transport.restore();
  writeFileSync(join(lab.pipesDir, 'count.1.out'), 'not a pipe\n');
  await lab.killCollector();
  await expectWholeCount();
});
