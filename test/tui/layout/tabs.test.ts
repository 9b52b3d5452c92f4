import { describe, expect, test } from 'vitest';
import { neighborTab, tabAt, tabLabels, TABS } from '../../../src/tui/layout/tabs.ts';
import { commandFor } from '../../../src/tui/keys/keymap.ts';
import { press, screenWith } from '../support/states.ts';

const ALL = [' 1 Processes ', ' 2 Anomalies ', ' 3 Zombies ', ' 4 Cooldown ', ' 5 Healing log '];

describe('labels', () => {
  test.each([
    [200, ALL],
    [80, ALL],
    [69, ALL],
    [68, [' 1 Processes ', ' 2 ', ' 3 ', ' 4 ', ' 5 ']],
    [40, [' 1 Processes ', ' 2 ', ' 3 ', ' 4 ', ' 5 ']],
  ])('in %i columns are %j', (columns, labels) => {
    expect(tabLabels('processes', columns).map(({ text }) => text)).toEqual(labels);
  });

  test.each(TABS.map(({ tab, key, title }) => [tab, ` ${key} ${title} `] as const))(
    'in few columns show the title of %s if it is current',
    (tab, label) => {
      const labels = tabLabels(tab, 30);
      expect(labels.filter(({ text }) => text.length > 3)).toEqual([{ tab, text: label }]);
    },
  );
});

describe('neighbors', () => {
  test.each(TABS.map(({ tab }, index) => [tab, TABS[(index + 1) % TABS.length]?.tab ?? tab] as const))(
    'after %s comes %s',
    (tab, next) => {
      expect(neighborTab(tab, 1)).toBe(next);
      expect(neighborTab(next, -1)).toBe(tab);
    },
  );
});

test('every column of a label belongs to its tab', () => {
  for (const columns of [80, 40]) {
    let column = 0;
    for (const { tab, text } of tabLabels('events', columns)) {
      for (let offset = 0; offset <= text.length; offset += 1) {
        expect(tabAt(column + offset, 'events', columns)).toBe(tab);
      }
      column += text.length + 1;
    }
    expect(tabAt(column, 'events', columns)).toBeNull();
  }
});

test('every tab has a key that shows it', () => {
  for (const { key, tab } of TABS) {
    expect(commandFor('list', { name: key, text: key })).not.toBeNull();
    expect(press(screenWith(['a']), key).state.view).toEqual({ kind: 'tab', tab });
  }
});
