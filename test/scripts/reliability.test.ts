import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEXT = readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8');
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** The rows of the table of promises, without its heading. */
const PROMISES = (/## Promises\n(.*?)\n## /s.exec(TEXT)?.[1] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2);

describe('the page about reliability', () => {
  test('names a test for every promise', () => {
    expect(PROMISES.length).toBeGreaterThan(20);
    expect(PROMISES.filter((row) => !/`test\/[^`]+`/.test(row))).toEqual([]);
  });

  test('names only tests and commands that exist', () => {
    const tests = [...TEXT.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path ?? '');
    expect(tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const scripts = [...TEXT.matchAll(/`npm (?:run )?([\w:]+)/g)].map(([, name]) => name ?? '');
    expect(scripts.length).toBeGreaterThan(3);
    expect(scripts.filter((name) => PACKAGE.scripts[name] === undefined)).toEqual([]);
  });
});
