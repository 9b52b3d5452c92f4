import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';

const PAGE_ROWS = 1000;

/** Every program in the order of ids, however many pages that takes. */
export async function listAll(api: Pick<EngineApi, 'list'>): Promise<ProcessRow[]> {
  const rows: ProcessRow[] = [];
  for (;;) {
    const afterId = rows.at(-1)?.id;
    const page = await api.list({ limit: PAGE_ROWS, ...(afterId === undefined ? {} : { afterId }) });
    rows.push(...page);
    if (page.length < PAGE_ROWS) return rows;
  }
}
