import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ignoredPatterns } from '../../../src/config/registry/ignored-patterns.ts';

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'healer-patterns-')));
  mkdirSync(join(folder, 'venv/bin'), { recursive: true });
  writeFileSync(join(folder, 'venv/pyvenv.cfg'), '');
  mkdirSync(join(folder, 'tools'));
  writeFileSync(join(folder, 'app'), '');
  symlinkSync(join(folder, 'app'), join(folder, 'link'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const messages = (...patterns: string[]): string => {
  const ignored = ignoredPatterns(patterns, `/usr/bin:${join(folder, 'tools')}`);
  return ignored.map(({ message, hint }) => `${message} (${hint})`).join('\n');
};

test.each([
  [
    '/usr/bin/*',
    /"\/usr\/bin\/\*" .*has no effect, because it is in the system folder "\/usr\/bin" \(wildcards do not/,
  ],
  ['/usr/**', /has no effect, because it is in the system folder "\/usr"/],
  ['/usr/local/bin/app-*', /has no effect/],
  ['/**', /does not include programs in "\/usr\/bin", "\/usr\/sbin", "\/usr\/local\/bin", ".*tools"/],
  ['**/*', /does not include programs in "\/usr\/bin"/],
  ['**/bin/*', /does not include programs in "\/usr\/bin", "\/usr\/local\/bin" \(/],
])('the pattern %s is reported', (pattern, expected) => {
  expect(messages(pattern)).toMatch(expected);
});

test('a pattern for a virtual environment or for a folder of PATH is reported', () => {
  expect(messages(join(folder, 'venv/bin/*'))).toMatch(/no effect, because it is in the virtual environment ".*venv"/);
  expect(messages(join(folder, 'tools/*'))).toMatch(/no effect, because it is in ".*tools", which is on PATH/);
  expect(messages(join(folder, '*/*'))).toMatch(/does not include programs in ".*tools"/);
});

test('a symbolic link is reported with the path to list instead', () => {
  expect(messages(join(folder, 'link'))).toMatch(/leads to ".*\/app" \(list that path instead\)/);
});

test('other patterns and exact paths are not reported', () => {
  expect(messages(join(folder, 'app'), join(folder, 'app*'), '/opt/app/**', '/usr/bin/missing-program')).toBe('');
});
