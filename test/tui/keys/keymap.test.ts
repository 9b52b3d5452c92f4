import { expect, test } from 'vitest';
import { type KeyContext, KEYMAP } from '../../../src/tui/keys/key-bindings.ts';
import { commandFor } from '../../../src/tui/keys/keymap.ts';

const CONTEXTS: readonly KeyContext[] = [
  'list',
  'anomalies',
  'zombies',
  'events',
  'program',
  'joint',
  'tail',
  'typing',
  'palette',
  'form',
  'sort',
  'hold',
  'confirm',
  'help',
];

test.each(CONTEXTS)('no key has two commands in %s', (context) => {
  const keys = KEYMAP.filter(({ in: contexts }) => contexts.includes(context)).flatMap(({ keys: bound }) => bound);
  expect(keys).toEqual([...new Set(keys)]);
});

test.each(CONTEXTS)('Ctrl-C, Ctrl-Z and Ctrl-L work in %s', (context) => {
  for (const name of ['ctrl-c', 'ctrl-z', 'ctrl-l']) expect(commandFor(context, { name, text: '' })).not.toBeNull();
});

test('Enter never confirms', () => {
  expect(commandFor('confirm', { name: 'enter', text: '' })).toBe('decline');
});

test('only a text field accepts keys that are not bound', () => {
  expect(commandFor('typing', { name: '%', text: '%' })).toBe('type');
  expect(commandFor('list', { name: '%', text: '%' })).toBeNull();
  expect(commandFor('typing', { name: 'paste', text: 'abc' })).toBe('type');
});

test('two keys fit next to each other in help on 80 columns', () => {
  const longest = Math.max(...KEYMAP.map(({ help }) => help.length));
  expect(longest).toBeLessThanOrEqual(24);
});
