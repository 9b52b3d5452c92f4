import { expect, test } from 'vitest';
import { SettingsSaver } from '../../../src/tui/screens/settings-saver.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { screenWith } from '../support/states.ts';

const START = screenWith(['web', 'api']);

async function savedAfter(...states: readonly State[]): Promise<readonly unknown[]> {
  const saved: unknown[] = [];
  const saver = new SettingsSaver(
    START,
    (changes) => {
      saved.push(changes);
      return Promise.resolve();
    },
    () => undefined,
  );
  for (const state of states) {
    saver.note(state);
    await saver.flush();
  }
  return saved;
}

const { list, log } = START;

test.each<[string, Partial<State>, unknown]>([
  ['the order', { list: { ...list, sort: { by: 'cpu', descending: true } } }, { sort: '-cpu' }],
  ['the columns', { list: { ...list, columns: ['cpu'] } }, { columns: ['cpu'] }],
  ['the filter', { list: { ...list, filter: '@site' } }, { filter: '@site' }],
  ['the order of the healing log', { newestFirst: true }, { newestFirst: true }],
  ['the filter of problems', { list: { ...list, unhealthyOnly: true } }, { unhealthy: true }],
  ['the folding', { list: { ...list, folding: 'groups' } }, { fold: 'groups' }],
  ['the theme', { look: { theme: 'light', isAscii: false } }, { theme: 'light' }],
  ['ASCII', { look: { theme: 'auto', isAscii: true } }, { ascii: true }],
  ['the mouse', { hasMouse: false }, { mouse: false }],
  ['muted programs', { log: { ...log, muted: new Set(['web']) } }, { muted: ['web'] }],
])('%s is saved', async (_what, change, settings) => {
  expect(await savedAfter({ ...START, ...change })).toEqual([settings]);
});

test('a default removes the setting, and what did not change is not saved', async () => {
  const sorted = { ...START, list: { ...list, sort: { by: 'name', descending: false } } } as const;
  expect(await savedAfter(sorted, { ...sorted, nowMs: 1 }, START)).toEqual([{ sort: 'name' }, { sort: undefined }]);
});

test('filters of an engine elsewhere are not saved', async () => {
  expect(await savedAfter({ ...START, isRemote: true, list: { ...list, filter: 'web' } })).toEqual([]);
});

test('a failure is reported', async () => {
  const problems: string[] = [];
  const saver = new SettingsSaver(
    START,
    () => Promise.reject(new Error('disk full')),
    (text) => problems.push(text),
  );
  saver.note({ ...START, hasMouse: false });
  await saver.flush();
  await saver.flush();
  expect(problems).toEqual(['settings not saved: disk full']);
});
