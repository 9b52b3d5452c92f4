import type { LogQuery } from './log-search.ts';
import type { LineConditions } from './log-filter.ts';
import { createLineFilter, isFiltered } from './log-filter.ts';

/** The options of `logs` that say which lines to print. */
export interface LogOrder extends LineConditions {
  readonly lines?: number | undefined;
  readonly run?: number | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly around?: number | undefined;
}

const DEFAULT_LINES = 50;

/** Returns the query of the options: the last lines, or all lines of a run or of a span of time. `marks` asks for the run of each line. */
export function queryOf(order: LogOrder, marks = false): LogQuery {
  const { lines, run, since, until, after, before, around = 0 } = order;
  const isSpan = since !== undefined || until !== undefined;
  return {
    lines: lines ?? (isSpan || run !== undefined ? Infinity : DEFAULT_LINES),
    ...{ run, marks },
    isFiltered: isSpan || isFiltered(order),
    isWanted: createLineFilter(order),
    sinceMs: since ?? null,
    untilMs: until ?? null,
    linesBefore: before ?? around,
    linesAfter: after ?? around,
  };
}
