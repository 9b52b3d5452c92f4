import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KeptLoss, LossFile } from '../../../../src/engine/logs/collector/loss-file.ts';
import type { LogGap } from '../../../../src/engine/logs/files/log-transport.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-losses-'));
  path = join(folder, 'run', 'default.losses');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const LOSS: KeptLoss = {
  id: 'web',
  run: 1,
  lines: 60,
  bytes: 1_980,
  reason: 'no space left on device',
  fromWall: 1_000,
  logDir: '/logs/web',
  log: { maxSizeMb: 1, keep: 1, timestamps: true },
};

/** What the next log collector reads. */
function readLines(): number | undefined {
  return new LossFile(path).take(LOSS)?.lines;
}

test('the next log collector continues to count a loss', () => {
  new LossFile(path).put(LOSS);
  expect(readLines()).toBe(60);
});

test('the file is reserved again after its folder was removed, before the disk is full', () => {
  const losses = new LossFile(path);
  rmSync(dirname(path), { recursive: true });
  losses.moveTo(path);
  expect(statSync(path).size).toBeGreaterThan(60_000);
  losses.put(LOSS);
  expect(readLines()).toBe(60);
});

test('a count is written to the path even if the file was removed just before', () => {
  const losses = new LossFile(path);
  rmSync(dirname(path), { recursive: true });
  losses.put(LOSS);
  expect(readLines()).toBe(60);
});

test('the counts move with the file to another folder', () => {
  const losses = new LossFile(path);
  losses.put(LOSS);
  path = join(folder, 'other', 'default.losses');
  losses.moveTo(path);
  expect(readLines()).toBe(60);
});

test('the next log collector states that an unknown number of lines is missing, once the log can be written', () => {
  const logDir = join(folder, 'logs', 'web');
  const gaps: LogGap[] = [];
  new LossFile(path).addUnknown({ ...LOSS, logDir });
  writeFileSync(join(folder, 'logs'), 'not a folder');
  const second = new LossFile(path);
  second.put({ ...LOSS, run: 2, logDir });
  second.retry(2_000, (gap) => gaps.push(gap));
  expect({ gaps, hasPending: second.hasPending }).toEqual({ gaps: [], hasPending: true });
  rmSync(join(folder, 'logs'));
  const third = new LossFile(path);
  third.retry(3_000, (gap) => gaps.push(gap));
  expect(gaps).toMatchObject([
    { run: 1, lines: null, fromWall: 1_000, toWall: 3_000 },
    { run: 2, lines: 60 },
  ]);
  expect(readFileSync(join(logDir, 'current.log'), 'utf8')).toContain('an unknown number of lines is missing');
  third.close();
  expect(existsSync(path)).toBe(false);
});
