import { expect, test } from 'vitest';
import { matchesPathPattern } from '../../../src/config/reading/path-pattern.ts';

test.each([
  ['/usr/bin/node', '/usr/bin/node', true],
  ['/usr/bin/node', '/usr/bin/nodejs', false],
  ['/usr/bin/node', '/usr/local/bin/node', false],
  ['/usr/bin/*', '/usr/bin/node', true],
  ['/usr/bin/*', '/usr/bin/.hidden', true],
  ['/usr/bin/*', '/usr/bin/sub/node', false],
  ['/usr/bin/*', '/usr/bin/', false],
  ['/usr/bin/py*3', '/usr/bin/python3', true],
  ['/usr/bin/py*3', '/usr/bin/py3', true],
  ['/usr/bin/py*3', '/usr/bin/python', false],
  ['/opt/**', '/opt/a', true],
  ['/opt/**', '/opt/a/b/c', true],
  ['/opt/**', '/optional', false],
  ['/opt/**/run', '/opt/run', true],
  ['/opt/**/run', '/opt/a/b/run', true],
  ['/opt/*/run', '/opt/a/b/run', false],
  ['/opt/a[1]', '/opt/a[1]', true],
  ['/opt/a[1]', '/opt/a1', false],
  ['/opt/{a,b}', '/opt/a', false],
  ['/opt/{a,b}', '/opt/{a,b}', true],
  ['/opt/a?', '/opt/ab', false],
  ['/opt/a?', '/opt/a?', true],
  ['/opt/!(a)', '/opt/b', false],
  ['/opt/a+b', '/opt/a+b', true],
  ['/opt/a.b', '/opt/axb', false],
  ['/opt/a\\b', '/opt/a\\b', true],
  ['/opt/*', '/opt/two\nlines', true],
])('%j and %j: %j', (pattern, path, expected) => {
  expect(matchesPathPattern(pattern, path, { ignoresCase: false })).toBe(expected);
});

test.each([
  ['/usr/bin/Node', '/usr/bin/node', true],
  ['/USR/**', '/usr/bin/node', true],
  ['/usr/bin/node', '/usr/bin/nod', false],
])('ignoring case, %j and %j: %j', (pattern, path, expected) => {
  expect(matchesPathPattern(pattern, path, { ignoresCase: true })).toBe(expected);
});
