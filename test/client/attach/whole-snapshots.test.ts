import { expect, test } from 'vitest';
import { wholeSnapshots } from '../../../src/client/attach/whole-snapshots.ts';
import type { SnapshotMessage } from '../../../src/protocol/snapshot.ts';
import { programRow, snapshotMessage } from '../../support/program-row.ts';

const page = (ids: readonly string[], fields: Partial<SnapshotMessage>): SnapshotMessage =>
  snapshotMessage({ full: false, rows: ids.map((id) => programRow({ id })), ...fields });

function delivered(...pages: readonly SnapshotMessage[]): (readonly [full: boolean, ids: string, removed: string])[] {
  const seen: (readonly [boolean, string, string])[] = [];
  const take = wholeSnapshots(({ full, rows, removed }) => {
    seen.push([full, rows.map(({ id }) => id).join(), removed.join()]);
  });
  pages.forEach(take);
  return seen;
}

test('the pages of one snapshot are delivered together, full or partial like the first page', () => {
  const pages = [page(['a'], { full: true, more: true }), page(['b'], { more: true }), page(['c'], {})];
  expect(delivered(...pages)).toEqual([[true, 'a,b,c', '']]);
});

test('programs removed on the first page stay removed', () => {
  expect(delivered(page(['a'], { more: true, removed: ['x'] }), page(['b'], {}))).toEqual([[false, 'a,b', 'x']]);
});

test('an incomplete full table is replaced by the next one', () => {
  const pages = [page(['old'], { full: true, more: true }), page(['a'], { full: true }), page(['b'], {})];
  expect(delivered(...pages)).toEqual([
    [true, 'a', ''],
    [false, 'b', ''],
  ]);
});
