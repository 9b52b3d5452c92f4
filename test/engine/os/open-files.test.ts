import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, expect, test } from 'vitest';
import { OpenFiles } from '../../../src/engine/os/open-files.ts';

const folder = mkdtempSync(`${tmpdir()}/healer-open-files-`);

afterAll(() => rmSync(folder, { recursive: true }));

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

test('a file is read again from its beginning', () => {
  const files = new OpenFiles();
  const path = `${folder}/events`;
  writeFileSync(path, 'populated 1\n');
  expect(files.read(path)).toBe('populated 1\n');
  writeFileSync(path, 'populated 0\n');
  expect(files.read(path)).toBe('populated 0\n');
  files.close(path);
  rmSync(path);
  expect(files.read(path)).toBe('');
});

test('only those that were read last stay open', () => {
  const files = new OpenFiles();
  const paths = Array.from({ length: 100 }, (_, index) => `${folder}/${String(index)}`);
  for (const path of paths) writeFileSync(path, path);
  const before = openDescriptors();
  for (let round = 0; round < 2; round++) for (const path of paths) expect(files.read(path)).toBe(path);
  expect(openDescriptors() - before).toBeLessThanOrEqual(64);
  for (const path of paths) files.close(path);
  expect(openDescriptors()).toBe(before);
});
