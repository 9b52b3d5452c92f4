import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const TEST = fileURLToPath(new URL('..', import.meta.url));
const SKIPS = /\.(?:skip|skipIf|runIf|todo|only|fails)\b(?!\?)|\(\{ skip \}\)|\bskip\(/;

test('no test is skipped: a test that needs root is in test/root, and one that needs a program requires it', () => {
  const files = readdirSync(TEST, { recursive: true, encoding: 'utf8' }).filter((name) => /\.test\.tsx?$/.test(name));
  expect(files.length).toBeGreaterThan(100);
  const skipping = files.filter(
    (name) => name !== 'scripts/no-skipped-tests.test.ts' && SKIPS.test(readFileSync(join(TEST, name), 'utf8')),
  );
  expect(skipping).toEqual([]);
});
