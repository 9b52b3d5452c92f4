import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OrphanFile } from '../../../src/engine/store/orphan-file.ts';

const TRACKED = [
  { pid: 20, startTicks: 2, name: 'w', parent: { pid: 10, startTicks: 1, name: 'sh' }, trackedAt: '2026-11-21T09:00Z' },
];
let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-orphans-'));
  path = join(folder, 'orphans.json');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('restores what was saved, within the same boot only', () => {
  expect(new OrphanFile(path, 'boot-1').save(TRACKED)).toBeNull();
  expect(new OrphanFile(path, 'boot-1').load(0)).toEqual({ tracked: TRACKED, problem: null });
  expect(new OrphanFile(path, 'boot-2').load(0)).toEqual({ tracked: [], problem: null });
});

test('is empty without a file', () => {
  expect(new OrphanFile(path, 'boot-1').load(0)).toEqual({ tracked: [], problem: null });
});

test('if truncated anywhere, it is copied and reported, and nothing is tracked', () => {
  const file = new OrphanFile(path, 'boot-1');
  file.save(TRACKED);
  const whole = readFileSync(path, 'utf8').trimEnd();
  for (let length = 0; length < whole.length; length += 7) {
    writeFileSync(path, whole.slice(0, length));
    const { tracked, problem } = file.load(length);
    expect(tracked).toEqual([]);
    expect(problem).toMatch(/unreadable; a copy was kept as/);
  }
  expect(readdirSync(folder).some((name) => name.includes('.corrupt-'))).toBe(true);
});

test('reports why it cannot be written', () => {
  expect(new OrphanFile(join(folder, 'no', 'file'), 'boot-1').save(TRACKED)).toMatch(/ENOENT/);
});
