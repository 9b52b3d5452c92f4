import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';

const PAGE_ROWS = 1000;

/** Returns all programs ordered by id, reading as many pages as necessary. */
export async function listAll(api: Pick<EngineApi, 'list'>): Promise<ProcessRow[]> {
  const rows: ProcessRow[] = [];
  for (;;) {
    const afterId = rows.at(-1)?.id;
    const page = await api.list({ limit: PAGE_ROWS, ...(afterId === undefined ? {} : { afterId }) });
    rows.push(...page);
    if (page.length < PAGE_ROWS) return rows;
  }
}
