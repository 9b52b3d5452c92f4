import { expect, test } from 'vitest';
import { combineFields } from '../../../src/config/reading/combine-fields.ts';

test.each<[string, object, object, object]>([
  ['two empty maps', {}, {}, {}],
  ['a field of the earlier map', { a: 1 }, {}, { a: 1 }],
  ['a field of the later map', {}, { a: 1 }, { a: 1 }],
  ['different fields', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  ['the same field', { a: 1 }, { a: 2 }, { a: 2 }],
  ['maps within maps', { m: { a: 1, b: 1 } }, { m: { b: 2, c: 2 } }, { m: { a: 1, b: 2, c: 2 } }],
  ['maps three levels deep', { a: { b: { c: 1, d: 1 } } }, { a: { b: { c: 2 } } }, { a: { b: { c: 2, d: 1 } } }],
  ['lists, which are replaced', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
  ['a list with an empty one', { args: ['a'] }, { args: [] }, { args: [] }],
  ['a map with a value', { m: { a: 1 } }, { m: 5 }, { m: 5 }],
  ['a map with null', { health: { a: 1 } }, { health: null }, { health: null }],
  ['null with a map', { health: null }, { health: { a: 1 } }, { health: { a: 1 } }],
  ['a map with a list', { m: { a: 1 } }, { m: [1] }, { m: [1] }],
  ['a list with a map', { m: [1] }, { m: { a: 1 } }, { m: { a: 1 } }],
  ['a map with undefined', { a: 1 }, { a: undefined }, { a: undefined }],
  [
    'maps of the same type',
    { c: { type: 'tcp', port: 1 } },
    { c: { type: 'tcp', host: 'h' } },
    { c: { type: 'tcp', port: 1, host: 'h' } },
  ],
  [
    'maps of different types',
    { c: { type: 'tcp', port: 1 } },
    { c: { type: 'http', url: 'u' } },
    { c: { type: 'http', url: 'u' } },
  ],
  [
    'a typed map with an untyped one',
    { c: { type: 'tcp', port: 1 } },
    { c: { port: 2 } },
    { c: { type: 'tcp', port: 2 } },
  ],
  ['an untyped map with a typed one', { c: { port: 1 } }, { c: { type: 'tcp' } }, { c: { type: 'tcp' } }],
  ['inherited property names', {}, { constructor: { a: 1 } }, { constructor: { a: 1 } }],
])('combines %s', (_what, earlier, later, expected) => {
  expect(combineFields({ ...earlier }, { ...later })).toEqual(expected);
});

test('does not change its arguments', () => {
  const earlier = Object.freeze({ m: Object.freeze({ a: 1 }) });
  const later = Object.freeze({ m: Object.freeze({ b: 2 }) });
  expect(combineFields(earlier, later)).toEqual({ m: { a: 1, b: 2 } });
});
