import { describe, expect, test } from 'vitest';
import type { KeyPress } from '../../../src/tui/terminal/key-decoder.ts';
import { KeyGroups } from '../../../src/tui/terminal/key-groups.ts';
import { nameOfCharacter } from '../../../src/tui/terminal/key-names.ts';

function typed(text: string): KeyPress[] {
  return Array.from(text, (character) => ({
    name: nameOfCharacter(character),
    text: character >= ' ' ? character : '',
  }));
}

/** Sends texts at intervals and returns the kind of haste of each key, `-` for none. */
function hasteOf(texts: readonly string[], intervalMs: number): string {
  const groups = new KeyGroups();
  const keys: KeyPress[] = [];
  let now = 0;
  for (const text of texts) {
    keys.push(...groups.add(typed(text), now));
    const wait = groups.waitMs(now);
    if (wait !== null && wait <= intervalMs) keys.push(...groups.expire());
    now += intervalMs;
  }
  keys.push(...groups.expire());
  return keys.map(({ haste }) => (haste === undefined ? '-' : haste.kind.charAt(0))).join('');
}

describe('keys', () => {
  test('at the pace of a fast typist are not in haste', () => {
    expect(hasteOf(Array.from('restart all'), 30)).toBe('-----------');
  });

  test('that are held down are not in haste, whatever the rate', () => {
    expect(hasteOf(Array.from('jjjjjjjjjjjjjjjjjjjj'), 5)).toBe('-'.repeat(20));
    expect(hasteOf(['jjjjjjjjjj'], 30)).toBe('-'.repeat(10));
  });

  test('up to three at once came together on a slow line', () => {
    expect(hasteOf(['jx'], 30)).toBe('tt');
    expect(hasteOf(['rxy'], 30)).toBe('ttt');
  });

  test('more than three at once are a burst, in one read or in many', () => {
    expect(hasteOf(['print'], 30)).toBe('bbbbb');
    expect(hasteOf(Array.from('print results'), 1)).toBe('b'.repeat(13));
    expect(hasteOf(Array.from('print results'), 9)).toBe('b'.repeat(13));
  });

  test('after a burst are not in haste', () => {
    expect(hasteOf(['print', 'x'], 30)).toBe('bbbbb-');
  });
});

test('Ctrl-C and reports do not wait, and Ctrl-C drops what is held', () => {
  const groups = new KeyGroups();
  expect(groups.add(typed('x'), 0)).toEqual([]);
  expect(groups.add([{ name: 'report', text: '' }], 1)).toHaveLength(1);
  expect(groups.add([{ name: 'ctrl-c', text: '' }], 2)).toEqual([{ name: 'ctrl-c', text: '' }]);
  expect(groups.waitMs(2)).toBeNull();
});

test('a key that types nothing does not wait, but stays behind text', () => {
  const groups = new KeyGroups();
  const down: KeyPress = { name: 'down', text: '' };
  expect(groups.add([down], 0)).toEqual([down]);
  expect(groups.add(typed('j'), 100)).toEqual([]);
  expect(groups.add([down], 101)).toEqual([]);
  expect(groups.waitMs(101)).toBe(19);
  expect(groups.expire().map(({ name }) => name)).toEqual(['j', 'down']);
});

test('no key waits longer than 100 ms, however fast more arrive', () => {
  const groups = new KeyGroups();
  groups.add(typed('j'), 0);
  for (let now = 10; now <= 90; now += 10) groups.add(typed('j'), now);
  expect(groups.waitMs(95)).toBe(5);
});
