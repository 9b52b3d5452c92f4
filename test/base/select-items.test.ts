import { describe, expect, test } from 'vitest';
import { selectItems } from '../../src/base/select-items.ts';
import { isPlainId, parseSelector } from '../../src/base/selector.ts';

const ITEMS = [
  { id: 'web-0', groups: ['site'] },
  { id: 'web-1', groups: ['site'] },
  { id: 'api', groups: ['site', 'backend'] },
  { id: 'worker', groups: ['backend-2'] },
  { id: 'web-admin', groups: [] },
];

const idsOf = (...words: string[]): string[] => selectItems(words, ITEMS).items.map(({ id }) => id);

describe('a word selects', () => {
  test.each([
    [['api'], ['api']],
    [['web'], ['web-0', 'web-1']],
    [['web-0'], ['web-0']],
    [['@site'], ['web-0', 'web-1', 'api']],
    [['@backend'], ['api']],
    [['@backend*'], ['api', 'worker']],
    [['web-*'], ['web-0', 'web-1', 'web-admin']],
    [['web-[0-9]'], ['web-0', 'web-1']],
    [['*'], ITEMS.map(({ id }) => id)],
    [['all'], ITEMS.map(({ id }) => id)],
    [
      ['worker', '@site', 'web-0', 'api'],
      ['worker', 'web-0', 'web-1', 'api'],
    ],
  ])('%j: %j', (words, ids) => {
    expect(idsOf(...words)).toEqual(ids);
  });

  test('an item whose own id it is, even if it is also the base of others', () => {
    const items = [...ITEMS, { id: 'web', groups: [] }];
    expect(selectItems(['web'], items).items.map(({ id }) => id)).toEqual(['web']);
  });
});

test('all, groups and globs leave out items that are not meant; an id does not', () => {
  const isMeant = ({ id }: { readonly id: string }): boolean => id !== 'api';
  expect(selectItems(['@site'], ITEMS, isMeant).items.map(({ id }) => id)).toEqual(['web-0', 'web-1']);
  expect(selectItems(['a*'], ITEMS, isMeant)).toEqual({ items: [], problems: [] });
  expect(selectItems(['all'], ITEMS, isMeant).items).toHaveLength(4);
  expect(selectItems(['api'], ITEMS, isMeant).items.map(({ id }) => id)).toEqual(['api']);
});

describe('a word that selects nothing is a problem with the nearest names', () => {
  test.each([
    ['apo', 'no program is called "apo"', 'did you mean "api"?'],
    ['wbe', 'no program is called "wbe"', 'did you mean "web"?'],
    ['site', 'no program is called "site"', 'did you mean the group "@site"?'],
    ['zzzzzzzz', 'no program is called "zzzzzzzz"', null],
    ['wrk*', 'no program matches "wrk*"', null],
    ['workr*', 'no program matches "workr*"', 'did you mean "worker"?'],
    ['@sit', 'no program is in the group "sit"', 'did you mean "@site"?'],
    ['@api', 'no program is in the group "api"', 'did you mean the program "api"?'],
    [
      '@none-of-these',
      'no program is in the group "none-of-these"',
      'the groups are "@backend", "@backend-2", "@site"',
    ],
  ])('%s', (text, message, hint) => {
    expect(selectItems([text], ITEMS)).toEqual({ items: [], problems: [{ text, isMalformed: false, message, hint }] });
  });

  test('but "all" of no items selects nothing without a problem', () => {
    expect(selectItems(['all'], [])).toEqual({ items: [], problems: [] });
  });

  test('and the other words still select', () => {
    const { items, problems } = selectItems(['nope', 'api'], ITEMS);
    expect({ ids: items.map(({ id }) => id), texts: problems.map(({ text }) => text) }).toEqual({
      ids: ['api'],
      texts: ['nope'],
    });
  });
});

test.each(['', 'a b', '@', '@a b', '-a', 'web/0', 'ä', 'a;b', '@x@y', 'a'.repeat(65)])('%j is no selector', (text) => {
  expect(parseSelector(text)).toEqual({ problem: expect.any(String) as string });
  expect(selectItems([text], ITEMS).problems).toMatchObject([{ isMalformed: true }]);
});

test.each([
  ['web', true],
  ['all', false],
  ['@web', false],
  ['web-*', false],
  ['web@1', true],
])('%s is a plain id: %s', (text, expected) => {
  expect(isPlainId(text)).toBe(expected);
});
