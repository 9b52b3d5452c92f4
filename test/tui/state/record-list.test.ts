import { describe, expect, test } from 'vitest';
import { emptyRecords, moveRecords, settleRecords, windowTop } from '../../../src/tui/state/record-list.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e'];

describe('a list that follows', () => {
  const following = settleRecords(emptyRecords(true), KEYS, 3);

  test('stays on the newest record when more arrive', () => {
    expect(following).toMatchObject({ selectedKey: 'e', top: 2 });
    expect(settleRecords(following, [...KEYS, 'f'], 3)).toMatchObject({ selectedKey: 'f', top: 3 });
  });

  test('stops when moving up and resumes at the end', () => {
    const up = settleRecords(moveRecords(following, KEYS, -1, true), [...KEYS, 'f'], 3);
    expect(up).toMatchObject({ selectedKey: 'd', isFollowing: false });
    expect(moveRecords(up, [...KEYS, 'f'], 10, true)).toMatchObject({ selectedKey: 'f', isFollowing: true });
  });
});

describe('the cursor', () => {
  const onC = settleRecords(moveRecords(emptyRecords(false), KEYS, 2, false), KEYS, 3);

  test('follows its record', () => {
    expect(settleRecords(onC, ['x', 'y', ...KEYS], 3)).toMatchObject({ selectedKey: 'c', selectedIndex: 4 });
  });

  test('keeps its index when its record is removed', () => {
    expect(settleRecords(onC, ['a', 'b', 'd', 'e'], 3)).toMatchObject({ selectedKey: 'd', selectedIndex: 2 });
  });

  test('has no record in an empty list', () => {
    expect(settleRecords(onC, [], 3)).toMatchObject({ selectedKey: null, selectedIndex: 0, top: 0 });
  });

  test('is the same object if nothing changed', () => {
    expect(settleRecords(onC, KEYS, 3)).toBe(onC);
  });
});

test('a window scrolls no further than necessary', () => {
  expect(windowTop(0, 2, 10, 3)).toBe(0);
  expect(windowTop(0, 3, 10, 3)).toBe(1);
  expect(windowTop(5, 2, 10, 3)).toBe(2);
  expect(windowTop(9, 9, 10, 3)).toBe(7);
  expect(windowTop(4, 0, 1, 3)).toBe(0);
});
