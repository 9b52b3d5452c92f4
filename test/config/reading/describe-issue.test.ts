import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { describeIssue, flowYaml } from '../../../src/config/reading/describe-issue.ts';
import {
  describeShapes,
  fieldSchemaOf,
  knownFields,
  listOf,
  shapesAt,
} from '../../../src/config/reading/field-schema.ts';
import { quoteExcerpt } from '../../../src/config/reading/quote-excerpt.ts';

describe('a value as YAML on one line', () => {
  test.each<[unknown, string]>([
    [null, 'null'],
    [true, 'true'],
    [1.5, '1.5'],
    ['node', 'node'],
    ['two words', 'two words'],
    ['./run', './run'],
    ['', '""'],
    ['8080', '"8080"'],
    ['a: b', '"a: b"'],
    ['*', '"*"'],
    ['$HOME', '"$HOME"'],
    [[], '[]'],
    [[1, 'a'], '[1, a]'],
    [{}, '{}'],
    [{ a: 1, b: [2] }, '{ a: 1, b: [2] }'],
    [{ a: { b: 'c' } }, '{ a: { b: c } }'],
  ])('%j is written as %s', (value, expected) => {
    expect(flowYaml(value)).toBe(expected);
  });
});

const SCHEMA = z.strictObject({
  name: z.string().min(1).max(5).optional(),
  count: z
    .number()
    .int()
    .min(1)
    .max(10)
    .meta({ examples: [3] })
    .optional(),
  ratio: z.number().gt(0).optional(),
  mode: z.enum(['fast', 'slow']).optional(),
  list: z.array(z.string()).min(1).optional(),
  size: z.union([z.number(), z.null()]).optional(),
  check: z.discriminatedUnion('type', [z.strictObject({ type: z.literal('tcp'), port: z.number() })]).optional(),
  inner: z.strictObject({ needed: z.boolean() }).optional(),
});
const FIELDS = fieldSchemaOf(SCHEMA);

function described(value: unknown): string[] {
  const issues = SCHEMA.safeParse(value).error?.issues ?? [];
  return issues
    .flatMap((issue) => describeIssue(issue, value, FIELDS))
    .map(({ kind, aim, path, message, hint }) => `${kind} ${aim} ${path.map(String).join('.')}: ${message} (${hint})`);
}

describe('an issue', () => {
  test.each<[string, unknown, string[]]>([
    ['no issue', { count: 1 }, []],
    ['a misspelled field', { nmae: 'x' }, ['unknown key nmae: unknown field "nmae" (did you mean "name"?)']],
    [
      'an unknown field',
      { something: 1 },
      [
        'unknown key something: unknown field "something" (the fields are name, count, ratio, mode, list, size, check, inner)',
      ],
    ],
    [
      'an unknown inner field',
      { inner: { needed: true, other: 1 } },
      ['unknown key inner.other: unknown field "other" in inner (the fields are needed)'],
    ],
    ['a missing field', { inner: {} }, ['missing key inner.needed: inner.needed is missing (write true or false)']],
    [
      'a wrong type',
      { count: 'many' },
      ['wrong value count: count is the text "many", but has to be a whole number (for example: count: 3)'],
    ],
    ['an empty value', { name: null }, ['wrong value name: name is empty, but has to be text (write text)']],
    ['a list instead of text', { name: [1] }, ['wrong value name: name is a list, but has to be text (write text)']],
    ['a map instead of text', { name: {} }, ['wrong value name: name is a map, but has to be text (write text)']],
    [
      'a misspelled word',
      { mode: 'fsat' },
      ['wrong value mode: mode is the text "fsat", but has to be "fast" or "slow" (did you mean "fast"?)'],
    ],
    [
      'an unknown word',
      { mode: 'zzzzzz' },
      ['wrong value mode: mode is the text "zzzzzz", but has to be "fast" or "slow" (for example: mode: fast)'],
    ],
    [
      'a number that is too small',
      { count: 0 },
      ['wrong value count: count cannot be 0: it has to be at least 1 (for example: count: 3)'],
    ],
    [
      'a number that is too large',
      { count: 11 },
      ['wrong value count: count cannot be 11: it has to be at most 10 (for example: count: 3)'],
    ],
    [
      'an excluded bound',
      { ratio: 0 },
      ['wrong value ratio: ratio cannot be 0: it has to be above 0 (write a number)'],
    ],
    ['an empty text', { name: '' }, ['wrong value name: name cannot be the text "": it is empty (write text)']],
    [
      'a long text',
      { name: 'abcdef' },
      ['wrong value name: name cannot be the text "abcdef": it contains more than 5 characters (write text)'],
    ],
    [
      'an empty list',
      { list: [] },
      ['wrong value list: list is invalid: it has to contain at least 1 entry (write a list)'],
    ],
    ['a wrong entry', { list: ['a', 1] }, ['wrong value list.1: list[1] is 1, but has to be text (write text)']],
    [
      'a union',
      { size: 'x' },
      ['wrong value size: size is the text "x", but has to be a number or null (write a number or null)'],
    ],
  ])('describes %s', (_what, value, expected) => {
    expect(described(value)).toEqual(expected);
  });
});

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a or b'],
  [['a', 'b', 'c'], 'a, b or c'],
])('%j are listed as "%s"', (words, expected) => {
  expect(listOf(words, 'or')).toBe(expected);
});

test('the schema at a path lists its fields and shapes', () => {
  expect(knownFields(FIELDS, ['inner'])).toEqual(['needed']);
  expect(knownFields(FIELDS, ['check'])).toEqual(['type', 'port']);
  expect(knownFields(FIELDS, ['unknown'])).toEqual([]);
  expect(describeShapes(shapesAt(FIELDS, ['list', 0]))).toBe('text');
  expect(describeShapes(shapesAt(FIELDS, ['size']))).toBe('a number or null');
  expect(shapesAt(FIELDS, ['name', 'x'])).toEqual([]);
});

test.each([
  ['', '""'],
  ['short', '"short"'],
  ['x'.repeat(40), `"${'x'.repeat(40)}"`],
  ['x'.repeat(41), `"${'x'.repeat(40)}…"`],
])('%j is quoted as %s', (text, expected) => {
  expect(quoteExcerpt(text)).toBe(expected);
});
