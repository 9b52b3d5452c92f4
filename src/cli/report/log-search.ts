import { lacksMarks } from '../../client/attach/subscribe-log.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import { BackwardLines } from './backward-lines.ts';
import type { LineFilter } from './log-filter.ts';

/** What is wanted of a log. */
export interface LogQuery {
  /** Number of matching lines, the last ones; Infinity for all. */
  readonly lines: number;
  /** Only lines of this run; 0 and negative numbers count back from the latest one. */
  readonly run?: number | undefined;
  /** Whether to ask which run printed each line. */
  readonly marks?: boolean;
  readonly isFiltered: boolean;
  readonly isWanted: LineFilter;
  /** Bounds of the time, in ms; null for none. */
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  /** Number of lines around each match. */
  readonly linesBefore: number;
  readonly linesAfter: number;
}

/** A line with its place: lines next to each other have consecutive places. */
export interface FoundLine {
  readonly line: LogLine;
  readonly place: number;
  readonly isMatch: boolean;
}

/** What a log has of a query. */
export interface SearchResult {
  /** Oldest first. */
  readonly found: readonly FoundLine[];
  readonly matches: number;
  /** Number of lines that were compared. */
  readonly searched: number;
  /** Why the search ended. */
  readonly end: 'beginning' | 'enough' | 'since' | 'memory' | 'rotated' | 'oldEngine';
  /** The time of the oldest line that was compared. */
  readonly reachedTime: string | null;
  /** Number of lines without a time, which no bound of time can select. */
  readonly untimed: number;
  /** Where to follow the log from; null if it is empty, or the engine of an earlier version. */
  readonly cursor: string | null;
}

/** Lines that a request asks for if most of them are not wanted. */
const PAGE_LINES = 10_000;
const FURTHER_LINES = 1000;
/** The characters that a search keeps in memory at most. */
const MAX_CHARS = 128 * 1024 * 1024;
/** An engine of an earlier version returns what fits in one message, without saying so. */
const FULL_MESSAGE_CHARS = 200_000;

/** Searches a log backwards until it has found enough, across rotated files. @throws HealerError as the engine answers */
export async function searchLog(api: EngineApi, id: string, query: LogQuery): Promise<SearchResult> {
  const search = new Search(query);
  const ask = createAsking(api, id, query);
  let page = await ask({ tail: search.wantedLines });
  const cursor = page.at(-1)?.after ?? null;
  for (;;) {
    const before = page[0]?.before;
    search.take(page, before === undefined);
    if (search.reason !== null) return search.result(search.reason, cursor);
    if (before === undefined) return search.result(isCut(page, query.lines) ? 'oldEngine' : 'beginning', cursor);
    page = await ask({ tail: search.wantedLines, before });
    if (page.length === 0) {
      search.take([], true);
      return search.result('rotated', cursor);
    }
  }
}

type Asking = (page: { readonly tail: number; readonly before?: string }) => Promise<readonly LogLine[]>;

/** Creates a function that reads pages of a log, without the runs of lines if the engine is of an earlier version. */
function createAsking(api: EngineApi, id: string, { run, marks = false }: LogQuery): Asking {
  let asksForMarks = marks;
  return async (page) => {
    const params = { id, ...page, ...(run === undefined ? {} : { run }) };
    if (!asksForMarks) return api.logs(params);
    try {
      return await api.logs({ ...params, marks });
    } catch (error) {
      if (!(error instanceof HealerError) || !lacksMarks(error) || run !== undefined) throw error;
      asksForMarks = false;
      return api.logs(params);
    }
  };
}

function isCut(page: readonly LogLine[], wanted: number): boolean {
  const last = page.at(-1);
  if (last === undefined || last.after !== undefined || page.length >= wanted) return false;
  return page.reduce((sum, { text }) => sum + text.length, 0) > FULL_MESSAGE_CHARS;
}

class Search {
  readonly #query: LogQuery;
  readonly #lines = new BackwardLines();
  /** Newest first. */
  readonly #found: FoundLine[] = [];
  /** The lines directly after the next older one, newest first. */
  readonly #newer: FoundLine[] = [];
  #olderWanted = 0;
  #matches = 0;
  #searched = 0;
  #untimed = 0;
  #chars = 0;
  #place = 0;
  #reachedTime: string | null = null;
  reason: 'enough' | 'since' | 'memory' | null = null;

  constructor(query: LogQuery) {
    this.#query = query;
  }

  /** The number of lines to request next. The first lines usually suffice, then it takes large steps. */
  get wantedLines(): number {
    const { isFiltered, lines } = this.#query;
    const isFirst = this.#searched === 0;
    const least = isFiltered ? PAGE_LINES : isFirst ? 1 : FURTHER_LINES;
    return Math.min(WIRE_LIMITS.tailLines, Math.max(least, lines - this.#matches + this.#olderWanted));
  }

  /** @param records oldest first @param isFirst whether there are no older ones */
  take(records: readonly LogLine[], isFirst: boolean): void {
    const lines = this.#lines.push(records);
    for (const line of isFirst ? [...lines, ...this.#lines.end()] : lines) {
      if (this.reason !== null) return;
      this.#compare(line);
    }
    const { lines: wanted } = this.#query;
    if (this.reason === null && this.#matches >= wanted && this.#olderWanted === 0) this.reason = 'enough';
  }

  #compare(line: LogLine): void {
    if (line.mark !== undefined) {
      if (!this.#query.isFiltered) this.#keep({ line, place: this.#place, isMatch: false });
      return;
    }
    const { lines, sinceMs, linesAfter, linesBefore } = this.#query;
    const timeMs = line.time === null ? null : Date.parse(line.time);
    if (sinceMs !== null && timeMs !== null && timeMs < sinceMs) {
      this.reason = 'since';
      return;
    }
    if (this.#matches >= lines && this.#olderWanted === 0) {
      this.reason = 'enough';
      return;
    }
    this.#searched += 1;
    this.#reachedTime = line.time ?? this.#reachedTime;
    const found = { line, place: (this.#place -= 1), isMatch: false };
    if (this.#matches < lines && this.#isMatch(line, timeMs)) {
      this.#keep(...this.#newer.splice(0), { ...found, isMatch: true });
      this.#matches += 1;
      this.#olderWanted = linesBefore;
    } else if (this.#olderWanted > 0) {
      this.#keep(found);
      this.#olderWanted -= 1;
    } else if (linesAfter > 0) {
      this.#newer.push(found);
      if (this.#newer.length > linesAfter) this.#newer.shift();
    }
  }

  #isMatch(line: LogLine, timeMs: number | null): boolean {
    const { isWanted, sinceMs, untilMs } = this.#query;
    if (sinceMs !== null || untilMs !== null) {
      if (timeMs === null) this.#untimed += 1;
      if (timeMs === null || timeMs > (untilMs ?? Infinity)) return false;
    }
    return isWanted(line);
  }

  #keep(...lines: readonly FoundLine[]): void {
    for (const found of lines) {
      this.#chars += found.line.text.length;
      this.#found.push(found);
    }
    if (this.#chars > MAX_CHARS) this.reason = 'memory';
  }

  result(end: SearchResult['end'], cursor: string | null): SearchResult {
    return {
      found: this.#found.reverse(),
      matches: this.#matches,
      searched: this.#searched,
      reachedTime: this.#reachedTime,
      untimed: this.#untimed,
      ...{ end, cursor },
    };
  }
}
