import type { CallOptions, ClientApi } from '../connection/engine-api.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';

const PAGE_ROWS = 1000;

/**
 * Returns all programs ordered by id, reading as many pages as necessary.
 * @param select words that select programs; without any, all programs are returned
 */
export async function listAll(
  api: Pick<ClientApi, 'list'>,
  select: readonly string[] = [],
  options: CallOptions = {},
): Promise<ProcessRow[]> {
  const selected = select.length === 0 ? {} : { select: [...select] };
  const rows: ProcessRow[] = [];
  for (;;) {
    const afterId = rows.at(-1)?.id;
    const page = await api.list(
      { limit: PAGE_ROWS, ...selected, ...(afterId === undefined ? {} : { afterId }) },
      options,
    );
    rows.push(...page);
    if (page.length < PAGE_ROWS) return rows;
  }
}
