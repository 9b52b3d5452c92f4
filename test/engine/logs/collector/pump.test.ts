import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Libc, loadLibc } from '../../../../src/base/libc.ts';
import { Journal } from '../../../../src/engine/logs/collector/journal.ts';
import { OutputPipe } from '../../../../src/engine/logs/collector/output-pipe.ts';
import { Poller } from '../../../../src/engine/logs/collector/poller.ts';
import { Pump } from '../../../../src/engine/logs/collector/pump.ts';
import { LogWriter } from '../../../../src/engine/logs/files/log-writer.ts';
import { makeFifo } from '../../../../src/engine/logs/files/make-fifo.ts';
import { openFifo } from '../../../../src/engine/logs/files/run-pipes.ts';

const BLOCK = `${'x'.repeat(4_095)}\n`.repeat(16);

let folder: string;
let poller: Poller;
let pump: Pump;
let pipe: OutputPipe;
let program: number;
let closed: OutputPipe[];

beforeEach(() => {
  const { libc } = loadLibc() as { readonly libc: Libc };
  folder = mkdtempSync(`${tmpdir()}/healer-pump-`);
  const path = `${folder}/out`;
  makeFifo(path, libc);
  closed = [];
  poller = new Poller(libc);
  pump = new Pump(libc, poller, new Journal(`${folder}/journal`, libc, () => undefined), (each) => closed.push(each));
  const settings = { maxSizeMb: 10, keep: 5, timestamps: false };
  const writer = new LogWriter({ id: 'web', run: 1 }, folder, settings, () => undefined);
  pipe = new OutputPipe({ fd: openFifo(path), path, stream: 'stdout', writer, libc });
  program = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  pump.add(pipe);
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Does what the log collector does in one step, and returns how many events it received. */
function step(): number {
  const events = poller.wait(pump.isIdle ? 1_000 : 0);
  for (const { fd, isHungUp } of events) pump.notice(fd, isHungUp);
  pump.turn(performance.now());
  return events.length;
}

function stepUntilIdle(): void {
  do step();
  while (!pump.isIdle);
}

function logged(): string {
  return readFileSync(`${folder}/current.log`, 'latin1').replaceAll(/^stdout F /gm, '');
}

test('output that flows is not reported write by write, and what follows a silence arrives', () => {
  writeSync(program, BLOCK);
  step();
  for (let write = 0; write < 3; write++) writeSync(program, BLOCK);
  expect(poller.wait(0)).toEqual([]);
  stepUntilIdle();
  expect(logged()).toBe(BLOCK.repeat(4));
  writeSync(program, 'after a silence\n');
  expect(step()).toBe(1);
  stepUntilIdle();
  expect(logged()).toBe(`${BLOCK.repeat(4)}after a silence\n`);
});

test('an unfinished line after a flow waits for its rest, which is reported', () => {
  writeSync(program, BLOCK);
  step();
  writeSync(program, 'half');
  step();
  expect(pump.isIdle).toBe(true);
  writeSync(program, ' and half\n');
  stepUntilIdle();
  expect(logged()).toBe(`${BLOCK}half and half\n`);
});

test('the end of output that flows is noticed', () => {
  writeSync(program, BLOCK);
  step();
  writeSync(program, BLOCK);
  pump.finish(pipe);
  writeSync(program, BLOCK);
  step();
  writeSync(program, 'last words\n');
  closeSync(program);
  for (let steps = 0; steps < 10 && closed.length === 0; steps++) step();
  expect(closed).toEqual([pipe]);
  expect(logged()).toBe(`${BLOCK.repeat(3)}last words\n`);
});
