import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RemovalWatch } from '../../../src/engine/endpoints/removal-watch.ts';
import { waitFor } from '../../support/wait-for.ts';

let folder: string;
let file: string;
let removals: number;
let watch: RemovalWatch;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-removal-'));
  file = join(folder, 'lock');
  writeFileSync(file, '');
  removals = 0;
  watch = new RemovalWatch([join(folder, 'missing'), file], () => removals++);
  watch.follow();
});
afterEach(() => {
  watch.close();
  rmSync(folder, { recursive: true, force: true });
});

const noticed = (count: number): Promise<unknown> =>
  waitFor(() => removals === count, `${String(count)} removals to be noticed`);

test('the removal of a file, or of its folder, is noticed once, and again after it was created again', async () => {
  rmSync(file);
  await noticed(1);
  writeFileSync(file, '');
  watch.follow();
  rmSync(folder, { recursive: true });
  await noticed(2);
});

test('a file that is replaced is noticed', async () => {
  writeFileSync(join(folder, 'other'), '');
  renameSync(join(folder, 'other'), file);
  await noticed(1);
});

test('a file that was missing is watched later', async () => {
  writeFileSync(join(folder, 'missing'), '');
  watch.follow();
  rmSync(join(folder, 'missing'));
  await noticed(1);
});

test('nothing is called after the watch was closed', async () => {
  rmSync(file);
  watch.close();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(removals).toBe(0);
});
