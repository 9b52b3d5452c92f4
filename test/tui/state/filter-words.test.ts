import { describe, expect, test } from 'vitest';
import { type Filterable, parseFilterWords } from '../../../src/tui/state/filter-words.ts';
import { parseAnomalyFilter, parseEventFilter, parseFilter, parseZombieFilter } from '../../../src/tui/state/filter.ts';
import { engineEvent, programRow } from '../../support/program-row.ts';
import { anomaly, zombie } from '../support/samples.ts';

interface Item {
  readonly name: string;
  readonly color: string;
  readonly size: number | null;
}

const ITEMS: readonly Item[] = [
  { name: 'Apple', color: 'red', size: 5 },
  { name: 'Banana', color: 'yellow', size: 20 },
  { name: 'Cherry', color: 'red', size: null },
  { name: 'pine-apple', color: 'brown', size: 90 },
];

const CATASTROPHIC = ['/(a+)+$', '/(a|aa)+$', '/(a*)*b', '/.*.*.*.*.*=.*'];

const FILTERABLE: Filterable<Item> = {
  texts: ({ name, color }) => [name, color],
  fields: { name: ({ name }) => name, color: ({ color }) => color },
  numbers: { size: ({ size }) => size },
};

const ALL = ['Apple', 'Banana', 'Cherry', 'pine-apple'];

describe('words', () => {
  test.each([
    // Plain words
    ['', ALL],
    ['   ', ALL],
    ['apple', ['Apple', 'pine-apple']],
    ['APPLE', ['Apple', 'pine-apple']],
    ['red', ['Apple', 'Cherry']],
    ['red apple', ['Apple']],
    ['  red   apple  ', ['Apple']],
    ['none', []],
    // Negation
    ['!', ALL],
    ['!red', ['Banana', 'pine-apple']],
    ['!!red', ['Apple', 'Cherry']],
    ['!red !yellow', ['pine-apple']],
    ['! red', ['Apple', 'Cherry']],
    // Alternatives
    ['banana|cherry', ['Banana', 'Cherry']],
    ['banana|', ['Banana']],
    ['|', ALL],
    ['!banana|cherry', ['Apple', 'pine-apple']],
    ['color:red|size>50', ['Apple', 'Cherry', 'pine-apple']],
    // Fields
    ['color:red', ['Apple', 'Cherry']],
    ['color:', ALL],
    ['name:an', ['Banana']],
    ['!color:red', ['Banana', 'pine-apple']],
    ['taste:sweet', []],
    ['constructor:x', []],
    // Comparisons
    ['size>5', ['Banana', 'pine-apple']],
    ['size>=5', ['Apple', 'Banana', 'pine-apple']],
    ['size<20', ['Apple']],
    ['size<=20', ['Apple', 'Banana']],
    ['size=20', ['Banana']],
    ['size>', ALL],
    ['size>=', ALL],
    ['size>.', ALL],
    ['!size>5', ['Apple', 'Cherry']],
    ['size>10 size<50', ['Banana']],
    ['size>1m', ['pine-apple']],
    ['size<1m', ['Apple', 'Banana']],
    ['weight>5', []],
    // Characters in order
    ['~ae', ['Apple', 'pine-apple']],
    ['~bnn', ['Banana']],
    ['~', ALL],
    ['~zz', []],
    ['!~ae', ['Banana', 'Cherry']],
    // Regular expressions
    ['/^a/', ['Apple']],
    ['/^a', ['Apple']],
    ['/an.na$/', ['Banana']],
    ['/RED|BROWN/', ['Apple', 'Cherry', 'pine-apple']],
    ['!/^.e/', ['pine-apple']],
    ['/', ALL],
    ['/[', ALL],
    ['/(', ALL],
  ])('%j match %j', (text, names) => {
    expect(ITEMS.filter(parseFilterWords(text, FILTERABLE)).map(({ name }) => name)).toEqual(names);
  });

  test('that are incomplete never hide what the shorter text shows', () => {
    for (const text of ['size>', 'color:', '~', '/', '!', '|']) {
      expect(ITEMS.filter(parseFilterWords(text, FILTERABLE))).toHaveLength(ITEMS.length);
    }
  });
});

const PROGRAM = programRow({
  id: 'api-1',
  name: 'Shop API',
  state: 'backoff',
  health: 'unhealthy',
  healing: 'held',
  source: '/srv/healer.yaml:7',
  why: 'exited with code 3',
  cpuPercent: 12.5,
  memoryMb: 256,
  pid: 321,
  restarts: 4,
  processes: 3,
});

test.each([
  ['shop', true],
  ['api-1', true],
  ['id:api', true],
  ['id:shop', false],
  ['status:back', true],
  ['health:unhealthy', true],
  ['healing:held', true],
  ['source:yaml', true],
  ['why:code', true],
  ['code', false],
  ['cpu>12', true],
  ['cpu>13', false],
  ['mem>=256', true],
  ['memory<256', false],
  ['pid=321', true],
  ['restarts>3', true],
  ['tree=3', true],
])('a program matches the filter %j: %s', (text, expected) => {
  expect(parseFilter(text)(PROGRAM)).toBe(expected);
});

test('a program without a process matches no comparison with its figures', () => {
  const idle = programRow({ pid: null, cpuPercent: null, memoryMb: null });
  for (const text of ['pid>0', 'cpu>=0', 'mem>=0', 'pid<9']) expect(parseFilter(text)(idle)).toBe(false);
});

const EVENT = engineEvent(42, { kind: 'crashed', process: 'web', pid: 99, reason: 'killed by SIGSEGV' });

test.each([
  ['web', true],
  ['crash', true],
  ['sigsegv', true],
  ['kind:crashed', true],
  ['kind:web', false],
  ['process:web', true],
  ['process:engine', false],
  ['reason:killed', true],
  ['pid=99', true],
  ['seq>41', true],
  ['seq>42', false],
])('an event matches the filter %j: %s', (text, expected) => {
  expect(parseEventFilter(text)(EVENT)).toBe(expected);
});

test('an event of no program is found under "engine"', () => {
  const event = engineEvent(1, { process: null });
  expect(parseEventFilter('process:engine')(event)).toBe(true);
  expect(parseEventFilter('engine')(event)).toBe(true);
});

test.each([
  ['memory', true],
  ['evidence', true],
  ['kind:leak', true],
  ['process:a', true],
  ['process:b', false],
  ['action:restart', true],
  ['pid=4711', true],
])('an anomaly matches the filter %j: %s', (text, expected) => {
  expect(parseAnomalyFilter(text)(anomaly(1))).toBe(expected);
});

test.each([
  ['sleep', true],
  ['node', true],
  ['process:a', true],
  ['parent:node', true],
  ['parent=4711', true],
  ['pid=90', true],
  ['age>1m', true],
  ['age>2m', false],
])('a zombie matches the filter %j: %s', (text, expected) => {
  expect(parseZombieFilter(text)(zombie(90))).toBe(expected);
});

test.each(CATASTROPHIC)('%s cannot block the screen', (word) => {
  const items: readonly Item[] = [{ name: `${'a'.repeat(5_000)}!`, color: '', size: null }];
  const beganMs = performance.now();
  items.filter(parseFilterWords(word, FILTERABLE));
  expect(performance.now() - beganMs).toBeLessThan(2_000);
});
