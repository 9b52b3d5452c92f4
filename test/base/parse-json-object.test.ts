import { expect, test } from 'vitest';
import { parseJsonObject } from '../../src/base/parse-json-object.ts';

test.each<[string, Record<string, unknown> | null]>([
  ['{}', {}],
  ['{"a":1}', { a: 1 }],
  [' {"a":{"b":null}} ', { a: { b: null } }],
  ['[]', null],
  ['null', null],
  ['"text"', null],
  ['7', null],
  ['', null],
  ['{"a":', null],
  ['{a:1}', null],
])('%s is parsed as %j', (text, value) => {
  expect(parseJsonObject(text)).toEqual(value);
});
