import { cooldownProgress } from '../../client/attach/cooldown-progress.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { coarseDuration, countdown, limitsText, oneDecimal } from '../text/figures.ts';
import { fitInOrder } from '../text/fit-in-order.ts';
import { sparkline } from '../text/graphs.ts';
import { type Pens, type Span, span } from '../style/scene.ts';
import { statusText, toneOfStatus } from '../text/program-status.ts';
import { memoizeLast } from '../state/memoize-last.ts';
import type { Samples, SortKey } from '../state/state.ts';
import { toneOfUse } from '../style/use-tone.ts';

/** What a cell may need in addition to its row. */
export interface CellFacts extends Pens {
  readonly nowMs: number;
  readonly trend: Samples;
  readonly width: number;
}

interface Column {
  readonly header: string;
  readonly width: number;
  /** If not all columns fit, those with the highest number are dropped first. */
  readonly priority: number;
  /** The priority in the wide table, which prefers reasons and sources to trends and limits. */
  readonly widePriority?: number;
  readonly align: 'left' | 'right';
  /** How wide it may grow if there is room; columns on the left grow first. */
  readonly growsTo?: number;
  readonly sortKey?: SortKey;
  readonly cell: (row: SnapshotRow, facts: CellFacts) => Span;
}

/** The CPU use that fills the height of a trend, unless the program has a limit: one core. */
const TREND_TOP_PERCENT = 100;

/** The columns of the table of programs, from left to right. */
const COLUMNS: readonly Column[] = [
  {
    header: 'Process',
    width: 12,
    growsTo: 26,
    priority: 0,
    align: 'left',
    sortKey: 'name',
    cell: (row) => span(row.name),
  },
  {
    header: 'PID',
    width: 7,
    priority: 4,
    align: 'right',
    sortKey: 'pid',
    cell: (row) => span(String(row.pid ?? '')),
  },
  {
    header: 'Status',
    width: 15,
    priority: 1,
    align: 'left',
    sortKey: 'status',
    cell: (row, { glyphs, nowMs }) => span(statusText(row, glyphs, nowMs), toneOfStatus(row)),
  },
  {
    header: 'CPU %',
    width: 6,
    priority: 2,
    align: 'right',
    sortKey: 'cpu',
    cell: (row) => span(oneDecimal(row.cpuPercent), toneOfUse(row.cpuPercent, row.limits.cpuPercent, 'plain')),
  },
  {
    header: 'MB',
    width: 7,
    priority: 3,
    align: 'right',
    sortKey: 'memory',
    cell: (row) => span(oneDecimal(row.memoryMb), toneOfUse(row.memoryMb, row.limits.memoryMb, 'plain')),
  },
  {
    header: 'Limits',
    width: 11,
    priority: 8,
    align: 'right',
    sortKey: 'limits',
    cell: (row) => span(limitsText(row.limits), 'muted'),
  },
  {
    header: 'Rst',
    width: 4,
    priority: 5,
    widePriority: 8,
    align: 'right',
    sortKey: 'restarts',
    cell: (row) => span(String(row.restarts), row.restarts === 0 ? 'muted' : 'plain'),
  },
  {
    header: 'Cooldown',
    width: 8,
    priority: 9,
    align: 'right',
    sortKey: 'cooldown',
    cell: (row, { nowMs }) => cooldownSpan(row, nowMs),
  },
  {
    header: 'Uptime',
    width: 7,
    priority: 6,
    align: 'right',
    sortKey: 'uptime',
    cell: (row, { nowMs }) => span(row.startedAt === null ? '' : coarseDuration(nowMs - Date.parse(row.startedAt))),
  },
  {
    header: 'Trend',
    width: 8,
    growsTo: 24,
    priority: 7,
    widePriority: 12,
    align: 'left',
    cell: ({ limits }, { glyphs, trend, width }) =>
      span(sparkline(glyphs, trend, width, limits.cpuPercent ?? TREND_TOP_PERCENT), 'info'),
  },
  {
    header: 'Tree',
    width: 4,
    priority: 11,
    align: 'right',
    sortKey: 'tree',
    cell: (row) => span(row.processes === 0 ? '' : String(row.processes)),
  },
  {
    header: 'Why',
    width: 24,
    growsTo: 72,
    priority: 10,
    widePriority: 5,
    align: 'left',
    sortKey: 'why',
    cell: (row) => span(row.why, 'muted'),
  },
  {
    header: 'Source',
    width: 20,
    growsTo: 32,
    priority: 12,
    widePriority: 7,
    align: 'left',
    sortKey: 'source',
    cell: ({ source }, { glyphs, width }) => span(endOf(source, width, glyphs.ellipsis), 'muted'),
  },
];

/** Returns the restarts that count towards a cooldown, such as "2/5", or the time left of one. */
function cooldownSpan(row: SnapshotRow, nowMs: number): Span {
  const progress = cooldownProgress(row, nowMs);
  if (progress === null) return span('');
  if (progress.is === 'in cooldown') return span(countdown(row.cooldownUntil, nowMs), 'bad');
  return span(`${progress.restarts}/${progress.limit}`, progress.restarts + 1 >= progress.limit ? 'bad' : 'plain');
}

/** A column with its width on the current screen. */
export interface FittedColumn {
  readonly column: Column;
  readonly width: number;
}

/** Returns the columns that fit, by priority. Remaining room goes to the columns that may grow. */
export function fitColumns(columns: number, isWide = false): readonly FittedColumn[] {
  const byPriority = COLUMNS.toSorted((a, b) => priorityOf(a, isWide) - priorityOf(b, isWide));
  const fitted = fitInOrder(byPriority, columns + 1, ({ width }) => width + 1);
  let spare = columns + 1 - Array.from(fitted.values()).reduce((sum, width) => sum + width, 0);
  return COLUMNS.filter((column) => fitted.has(column)).map((column) => {
    const growth = Math.max(0, Math.min(spare, (column.growsTo ?? column.width) - column.width));
    spare -= growth;
    return { column, width: column.width + growth };
  });
}

function priorityOf({ priority, widePriority }: Column, isWide: boolean): number {
  return isWide ? (widePriority ?? priority) : priority;
}

/** The width of the cursor and the mark, which are left of the first column. */
export const GUTTER = 2;

/** Returns the columns of a screen of this width. */
export const columnsFor = memoizeLast((columns: number, isWide: boolean) => fitColumns(columns - GUTTER, isWide));

/** Cuts a path at its start, because its end is more informative. */
function endOf(text: string, width: number, ellipsis: string): string {
  return text.length <= width ? text : ellipsis + text.slice(ellipsis.length - width);
}
