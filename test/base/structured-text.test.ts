import { expect, test } from 'vitest';
import { hasField, isAtLeast, levelOf, structuredLine } from '../../src/base/structured-text.ts';

test.each([
  ['{"level":"warn","msg":"x"}', 'warn'],
  ['{"severity":"ERROR"}', 'error'],
  ['{"level":30}', 'info'],
  ['{"level":60}', 'fatal'],
  ['{"log":{"level":"debug"}}', 'debug'],
  ['{"msg":"level=error"}', null],
  ['time=1 level=warning msg=x', 'warn'],
  ['2026-01-01 12:00:00 [ERROR] boom', 'error'],
  ['INFO: started', 'info'],
  ['no ERRORS here', null],
  ['{broken json ERROR', 'error'],
  ['fatal: DB_URL is not set', 'fatal'],
  ['Error: listen EADDRINUSE', 'error'],
  ['Uncaught TypeError: x is not a function', 'error'],
  ['java.lang.IllegalStateException: closed', 'error'],
  ['Traceback (most recent call last):', 'error'],
  ['panic: runtime error: index out of range', 'fatal'],
  ['fatal error: out of memory', 'fatal'],
  ['warning: unused variable', 'warn'],
  ['no error: all is well', null],
  ['the errors: 3', null],
  ['errors: 3', null],
])('the level of %s is %s', (text, level) => {
  expect(levelOf(text)).toBe(level);
});

test('a line without a level is below all levels', () => {
  expect(isAtLeast('plain', 'trace')).toBe(false);
  expect(isAtLeast('{"level":"error"}', 'warn')).toBe(true);
  expect(isAtLeast('{"level":"info"}', 'warn')).toBe(false);
});

test.each([
  ['{"user":{"id":42}}', 'user.id', '42', true],
  ['{"user.id":"42"}', 'user.id', '42', true],
  ['{"user":null}', 'user', 'null', true],
  ['{"user":{"id":42}}', 'user.id', '43', false],
  ['{"user":42}', 'user.id', '42', false],
  ['plain user=42', 'user', '42', false],
])('%s has %s=%s: %s', (text, path, value, has) => {
  expect(hasField(text, { path, value })).toBe(has);
});

test('takes a JSON line apart: level, message and other fields without the time', () => {
  const text = JSON.stringify({
    time: '2026-11-30T11:48:45Z',
    level: 'error',
    msg: 'no route',
    user: { id: 7, tags: ['a', 'b'] },
    path: '/a b',
    none: null,
    empty: {},
  });
  expect(structuredLine(text)).toEqual({
    level: 'error',
    message: 'no route',
    fields: [
      ['user.id', '7'],
      ['user.tags', '["a","b"]'],
      ['path', '"/a b"'],
      ['none', 'null'],
      ['empty', '{}'],
    ],
  });
});

test.each([
  // A level of an unknown name is a field like any other.
  ['{"level":"loud"}', { level: null, message: null, fields: [['level', 'loud']] }],
  ['{"message":{"a":{"b":{"c":{"d":1}}}}}', { level: null, message: null, fields: [['message.a.b.c', '{"d":1}']] }],
  ['ERROR plain {"a":1}', null],
  ['[1,2]', null],
  ['{"cut": "of', null],
])('takes %s apart', (text, parts) => {
  expect(structuredLine(text)).toEqual(parts);
});
