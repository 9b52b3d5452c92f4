import { cooldownProgress } from '../../client/attach/cooldown-progress.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { coarseDuration, coarseFor, countdown } from '../text/figures.ts';
import { cpuGauge, memoryGauge } from '../text/gauge.ts';
import { shapeline, sparkline } from '../text/graphs.ts';
import { cutMiddle, cutText } from '../text/narrow-text.ts';
import { type Pens, type Span, span } from '../style/scene.ts';
import { statusText, toneOfStatus } from '../text/program-status.ts';
import { whyText } from '../text/why-text.ts';
import { isUnhealthy, NEWS_MS } from '../state/filter.ts';
import { isProcessRow } from '../state/process-rows.ts';
import type { Samples, SortKey } from '../state/state.ts';
import { placeInFolder, type TableNeeds } from './table-needs.ts';

/** What a cell may need in addition to its row. */
export interface CellFacts extends Pens {
  readonly nowMs: number;
  readonly trend: Samples;
  readonly memoryTrend: Samples;
  readonly width: number;
  readonly needs: TableNeeds;
}

/** A column of the table of programs. */
export interface Column {
  readonly header: string;
  /** The heading where it depends on the programs. */
  readonly heading?: (needs: TableNeeds) => string;
  /** The least width, given the columns of the table. */
  readonly width: number | ((needs: TableNeeds, columns: number) => number);
  /** If not all columns fit, those with the highest number are dropped first. */
  readonly priority: number;
  /** The priority in the wide table, which prefers reasons and sources to trends and limits. */
  readonly widePriority?: number;
  readonly align: 'left' | 'right';
  /** How wide it may grow if there is room. */
  readonly growsTo?: (needs: TableNeeds) => number;
  /** Columns with a low number grow first. */
  readonly growsAt?: number;
  readonly sortKey?: SortKey;
  /** One piece is fitted to the width; several are as wide as the column. */
  readonly cell: (row: SnapshotRow, facts: CellFacts) => Span | readonly Span[];
}

/** The CPU use that fills the height of a trend, unless the program has a limit: one core. */
const TREND_TOP_PERCENT = 100;
const SHORTEST_NAME = 12;
/** Enough for its first words, such as `exit 3 ×5`. */
const SHORTEST_WHY = 10;
const LONGEST_NAME = 48;
/** A narrow table leaves at most this much to names, a wide one a quarter of its columns. */
const NAME_IN_NARROW = 16;
/** From this width on, gauges are drawn. */
const GAUGES_FROM_COLUMNS = 98;
/** From this width on, reasons have room for more than their first words. */
const WIDE_FROM_COLUMNS = 140;

/** On wide screens, the heading has room for the folder. */
function sourceWidth({ source, folder }: TableNeeds, columns: number): number {
  if (columns < GAUGES_FROM_COLUMNS) return Math.max(6, Math.min(12, source));
  return Math.max(6, Math.min(24, Math.max(source, folder === '' ? 0 : folder.length + 10)));
}

function nameWidth(needs: TableNeeds, columns: number): number {
  if (columns < GAUGES_FROM_COLUMNS) return Math.max(SHORTEST_NAME, Math.min(needs.name, NAME_IN_NARROW));
  const left = leftOfCore(needs, columns) - (needs.why === 0 ? 0 : whyWidth(needs, columns) + 1);
  return Math.max(SHORTEST_NAME, Math.min(needs.name, LONGEST_NAME, Math.max(Math.floor(columns / 4), left)));
}

/** Reasons give way to whole names, down to their first words. */
function whyWidth(needs: TableNeeds, columns: number): number {
  if (columns < GAUGES_FROM_COLUMNS) return 12;
  if (columns >= WIDE_FROM_COLUMNS) return 30;
  const left = leftOfCore(needs, columns) - 1 - Math.min(needs.name, LONGEST_NAME);
  return Math.max(SHORTEST_WHY, Math.min(20, left));
}

/** Columns up to this priority leave no room to names; those after them do. */
const CORE_PRIORITY = 5;

/** Returns what is left for names and reasons if only the most important columns are shown. */
function leftOfCore(needs: TableNeeds, columns: number): number {
  const core = COLUMNS.filter(({ priority }) => priority > 0 && priority <= CORE_PRIORITY);
  return core.reduce(
    (left, { width }) => left - 1 - (typeof width === 'number' ? width : width(needs, columns)),
    columns,
  );
}

/** The columns of the table of programs, from left to right. */
export const COLUMNS: readonly Column[] = [
  {
    header: 'Process',
    width: nameWidth,
    growsTo: ({ name }) => Math.min(LONGEST_NAME, name),
    growsAt: 0,
    priority: 0,
    align: 'left',
    sortKey: 'name',
    cell: nameSpan,
  },
  {
    header: 'PID',
    width: 7,
    priority: 7,
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
    cell: statusSpan,
  },
  {
    header: 'CPU',
    width: ({ hasCpuLimit }, columns) => (hasCpuLimit && columns >= GAUGES_FROM_COLUMNS ? 14 : 8),
    priority: 2,
    align: 'right',
    sortKey: 'cpu',
    cell: ({ cpuPercent, limits }, { width, glyphs }) => cpuGauge(cpuPercent, limits.cpuPercent, width, glyphs),
  },
  {
    header: 'Memory',
    width: ({ hasMemoryLimit }, columns) => (hasMemoryLimit && columns >= GAUGES_FROM_COLUMNS ? 15 : 9),
    growsTo: ({ hasMemoryLimit }) => (hasMemoryLimit ? 20 : 0),
    growsAt: 2,
    priority: 3,
    align: 'right',
    sortKey: 'memory',
    cell: ({ memoryMb, limits }, { width, glyphs }) => memoryGauge(memoryMb, limits.memoryMb, width, glyphs),
  },
  {
    header: 'Restarts',
    width: 8,
    priority: 4,
    widePriority: 8,
    align: 'right',
    sortKey: 'restarts',
    cell: restartsSpan,
  },
  {
    header: 'Cooldown',
    width: 8,
    priority: 10,
    align: 'right',
    sortKey: 'cooldown',
    cell: (row, { nowMs }) => cooldownSpan(row, nowMs),
  },
  {
    header: 'Uptime',
    width: 7,
    priority: 5,
    widePriority: 7,
    align: 'right',
    sortKey: 'uptime',
    cell: (row, { nowMs }) => span(uptimeText(row, nowMs)),
  },
  {
    header: 'CPU trend',
    width: 9,
    growsTo: () => 16,
    growsAt: 3,
    priority: 8,
    widePriority: 12,
    align: 'left',
    cell: ({ limits }, { glyphs, trend, width }) =>
      span(sparkline(glyphs, trend, width, limits.cpuPercent ?? TREND_TOP_PERCENT), 'info'),
  },
  {
    header: 'Mem trend',
    width: 9,
    growsTo: () => 16,
    growsAt: 3,
    priority: 9,
    widePriority: 13,
    align: 'left',
    cell: (_row, { glyphs, memoryTrend, width }) => span(shapeline(glyphs, memoryTrend, width), 'info'),
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
    header: 'Source',
    heading: ({ folder }) => (folder === '' ? 'Source' : `Source in ${folder}`),
    width: sourceWidth,
    growsTo: ({ source, folder }) => Math.min(40, Math.max(source, folder.length + 10)),
    growsAt: 4,
    priority: 12,
    widePriority: 5,
    align: 'left',
    sortKey: 'source',
    cell: ({ source }, { glyphs, width, needs }) =>
      span(endOf(placeInFolder(source, needs.folder), width, glyphs.ellipsis), 'muted'),
  },
  {
    header: 'Why',
    width: whyWidth,
    growsTo: ({ why }) => why,
    growsAt: 1,
    priority: 6,
    widePriority: 4,
    align: 'left',
    sortKey: 'why',
    cell: (row, { nowMs, glyphs }) => span(whyText(row, nowMs, glyphs), isUnhealthy(row, nowMs) ? 'plain' : 'muted'),
  },
];

/**
 * Returns until when time alone changes nothing in a row. A program that just runs changes with its uptime only, all others
 * may change at any time.
 */
export function steadyUntil(row: SnapshotRow, nowMs: number): number {
  const { state, startedAt, lastExit, recentRestarts } = row;
  const hasNews = lastExit !== null && nowMs - Date.parse(lastExit.at) <= NEWS_MS;
  if (state !== 'running' || hasNews || recentRestarts !== undefined) return nowMs;
  return startedAt === null ? Infinity : nowMs + coarseFor(nowMs - Date.parse(startedAt));
}

function uptimeText({ startedAt }: SnapshotRow, nowMs: number): string {
  return startedAt === null ? '' : coarseDuration(nowMs - Date.parse(startedAt));
}

/** Ids differ at their ends too, and commands at their beginnings. */
function nameSpan(row: SnapshotRow, { nowMs, width, glyphs }: CellFacts): Span {
  if (isProcessRow(row.id)) return span(cutText(row.name, width, glyphs.ellipsis), 'info');
  return span(cutMiddle(row.name, width, glyphs.ellipsis), isUnhealthy(row, nowMs) ? 'bad' : 'plain');
}

/** The status of a process is shown only if the process is stopped. */
function statusSpan(row: SnapshotRow, { glyphs, nowMs }: CellFacts): Span {
  if (!isProcessRow(row.id)) return span(statusText(row, glyphs, nowMs), toneOfStatus(row));
  return row.state === 'paused' ? span(`${glyphs.idle} stopped`, 'bad') : span('');
}

/** Returns the restarts, and how many of them were recent. */
function restartsSpan(row: SnapshotRow, { nowMs, glyphs }: CellFacts): Span {
  if (isProcessRow(row.id)) return span('');
  const progress = cooldownProgress(row, nowMs);
  if (progress?.is === 'counting')
    return span(`${String(row.restarts)} ${glyphs.rise}${String(progress.restarts)}`, 'bad');
  return span(String(row.restarts), row.restarts === 0 ? 'muted' : 'busy');
}

/** Returns the restarts that count towards a cooldown, such as "2/5", or the time left of one. */
function cooldownSpan(row: SnapshotRow, nowMs: number): Span {
  const progress = cooldownProgress(row, nowMs);
  if (progress === null) return span('');
  if (progress.is === 'in cooldown') return span(countdown(row.cooldownUntil, nowMs), 'bad');
  return span(`${progress.restarts}/${progress.limit}`, progress.restarts + 1 >= progress.limit ? 'bad' : 'plain');
}

/** Cuts a path at its start, because its end is more informative. */
function endOf(text: string, width: number, ellipsis: string): string {
  return text.length <= width ? text : ellipsis + text.slice(ellipsis.length - width);
}

/** The names of the columns, as settings and the command line take them. */
export const COLUMN_NAMES: readonly string[] = COLUMNS.map(({ header }) => header.toLowerCase());
