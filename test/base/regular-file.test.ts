import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRegularFile } from '../../src/base/regular-file.ts';
import { thrownBy } from '../support/thrown-by.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-file-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('a regular file is read with its facts', () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'text', { mode: 0o600 });
  const { content, stats } = readRegularFile(path);
  expect(content.toString()).toBe('text');
  expect(stats.mode & 0o777).toBe(0o600);
  expect(readRegularFile('/proc/self/status').content.toString()).toContain('Uid:');
});

test.each([
  ['a FIFO', 'fifo', 'is not a regular file'],
  ['a device that never ends', '/dev/zero', 'is not a regular file'],
  ['a folder', '/', ''],
  ['a large file', 'large', 'has more than 1 MB'],
])('%s is refused at once', (_what, name, why) => {
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  writeFileSync(join(folder, 'large'), '');
  truncateSync(join(folder, 'large'), 2 ** 40);
  const path = name.startsWith('/') ? name : join(folder, name);
  expect(thrownBy(() => readRegularFile(path)).message).toContain(why);
});
