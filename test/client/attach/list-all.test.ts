import { expect, test } from 'vitest';
import { listAll } from '../../../src/client/attach/list-all.ts';
import { programRow } from '../../support/program-row.ts';

test.each([0, 1, 999, 1000, 1001, 2500])('returns all of %d programs, once and in order', async (count) => {
  const ids = Array.from({ length: count }, (_, index) => `p${String(index).padStart(4, '0')}`);
  const list = async ({ afterId = '', limit = 1000 }: { afterId?: string | undefined; limit?: number | undefined }) =>
    ids
      .filter((id) => id > afterId)
      .slice(0, limit)
      .map((id) => programRow({ id }));

  const rows = await listAll({ list });

  expect(rows.map((row) => row.id)).toEqual(ids);
});
