import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { subscribeLog } from '../../client/attach/subscribe-log.ts';
import { isPlainId } from '../../base/selector.ts';
import type { HealerError } from '../../protocol/errors.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { Notifications } from '../../protocol/notifications.ts';
import type { Terminal } from '../output/terminal.ts';
import { explainFailure } from './explain-failure.ts';
import { noteSearches, printFound, searchProgram } from './found-lines.ts';
import { instancesMeant } from './instances.ts';
import { createRecordJoiner, type LinePrinter, mergeByTime, type OwnedLine } from './log-printer.ts';
import { onlyOf, programsOf } from './log-programs.ts';
import type { LogQuery } from './log-search.ts';

/** How long to collect the tails of several programs before printing them in order. */
const OPENING_MS = 150;
/** A tail that the stream itself delivers; longer ones are searched for first. */
const STREAMED_TAIL = 5000;

/** What following logs requires, whichever program they belong to. */
export interface Following {
  readonly terminal: Terminal;
  readonly client: ReconnectingClient;
  readonly query: LogQuery;
  readonly isCounted: boolean;
  readonly printerOf: (ids: readonly string[], isOne: boolean) => LinePrinter;
}

/** How following ends. */
export interface FollowingEnd {
  readonly onRefused: (error: HealerError) => void;
  readonly onEnded: () => void;
}

/** Follows the logs that the words select. Each stream starts with its own tail, so that no line is lost between past and new ones. */
export async function followLogs(following: Following, words: readonly string[], end: FollowingEnd): Promise<void> {
  const { client, printerOf } = following;
  const only = onlyOf(words);
  if (only === undefined) {
    await followSeveral(following, words, end);
    return;
  }
  const explain = async (error: HealerError): Promise<void> => {
    const instances = await instancesMeant(error, only, client.api);
    if (instances.length > 0) await followSeveral(following, instances, end);
    else end.onRefused(await explainFailure(error, { action: 'follow the log of', id: only, api: client.api }));
  };
  await followProgram(following, only, toPrinter(following, printerOf([only], true)), {
    onRefused: (error) => void explain(error).catch(end.onRefused),
    onEnded: end.onEnded,
  });
}

/** Takes a line; resolves once a slow reader has caught up. */
type TakeLine = (owned: OwnedLine) => Promise<void> | undefined;

function toPrinter({ terminal }: Following, print: LinePrinter): TakeLine {
  return (owned) => {
    print(owned);
    return terminal.isReaderSlow() ? terminal.drained() : undefined;
  };
}

/** Follows all selected programs, also those that are added later. */
async function followSeveral(following: Following, words: readonly string[], end: FollowingEnd): Promise<void> {
  const { client, query } = following;
  const ids = await programsOf(client.api, words);
  const take = createOpening(toPrinter(following, following.printerOf(ids, false)), query.lines);
  const followed = new Set<string>();
  /** Ids that were given one by one may all be gone; groups and patterns may gain programs. */
  const isClosed = words.length > 0 && words.every(isPlainId);
  const add = (id: string): void => {
    if (followed.has(id)) return;
    followed.add(id);
    // Removing a program closes only its own stream.
    const gone = (): void => {
      followed.delete(id);
      if (isClosed && followed.size === 0) end.onEnded();
    };
    void followProgram(following, id, take, { onRefused: gone, onEnded: gone }).catch(end.onRefused);
  };
  ids.forEach(add);
  client.subscribe('events', {}, ({ events }) => {
    const added = events.flatMap(({ kind, process }) => (kind === 'added' && process !== null ? [process] : []));
    if (words.length === 0) added.forEach(add);
    else if (added.length > 0) {
      // None may be left that the words select; they are compared again when another program is added.
      void programsOf(client.api, words).then(
        (now) => {
          now.forEach(add);
        },
        () => undefined,
      );
    }
  });
}

async function followProgram(following: Following, id: string, take: TakeLine, end: FollowingEnd): Promise<void> {
  const { client, query } = following;
  const isSearched = query.lines > STREAMED_TAIL || query.isFiltered;
  const start = isSearched ? await printPast(following, id, take, end) : { tail: query.lines };
  if (start === null) return;
  const toLines = createLineMaker(following);
  const run = await runOf(following, id, end);
  if (run === null) return;
  let hasStarted = false;
  const stream = subscribeLog(
    client,
    { id, ...start, ...run, marks: query.marks === true },
    async (message) => {
      hasStarted = true;
      noteGaps(following.terminal, id, message);
      for (const record of message.lines) {
        const line = toLines(record);
        if (line !== null) await take({ id, line });
      }
      if (message.ended !== true) return;
      stream.close();
      following.terminal.note(`"${id}" was removed; its log ends here`);
      end.onEnded();
    },
    (error) => {
      // It was removed while there was no connection.
      if (hasStarted && error.code === 'PROCESS_NOT_FOUND') {
        following.terminal.note(`"${id}" was removed; its log ends here`);
        end.onEnded();
      } else end.onRefused(error);
    },
  );
}

/** Returns the run to follow. One that was counted back keeps its number when the program is restarted. */
async function runOf(
  { client, query: { run } }: Following,
  id: string,
  { onRefused }: FollowingEnd,
): Promise<{ readonly run?: number } | null> {
  if (run === undefined) return {};
  if (run > 0) return { run };
  try {
    const { latestRun = 0 } = await client.api.describe({ id });
    // The engine refuses a run that does not exist, and says which there are.
    return { run: latestRun + run > 0 ? latestRun + run : run };
  } catch (error) {
    onRefused(error as HealerError);
    return null;
  }
}

/** Prints what a search of the past finds. Returns where to follow from; null if the program cannot be followed. */
async function printPast(
  following: Following,
  id: string,
  take: TakeLine,
  end: FollowingEnd,
): Promise<{ readonly tail: number; readonly after: string } | null> {
  const { client, terminal, query, isCounted } = following;
  try {
    const searches = await searchProgram(client.api, id, query);
    const [own] = searches;
    if (own?.id !== id) {
      await followSeveral(
        following,
        searches.map((search) => search.id),
        end,
      );
      return null;
    }
    const found = own.result.found.map((line) => ({ id, ...line }));
    let waiting: Promise<void> | undefined;
    const print = (owned: OwnedLine): void => {
      waiting = take(owned) ?? waiting;
    };
    await printFound(terminal, print, found, { hasContext: query.linesBefore + query.linesAfter > 0 });
    await waiting;
    noteSearches(terminal, searches, { ...query, isCounted });
    return { tail: 0, after: own.result.cursor ?? 'none:0:0' };
  } catch (error) {
    end.onRefused(error as HealerError);
    return null;
  }
}

/** Creates a function that returns what to print of a record. Text that must be whole is joined first. */
function createLineMaker({ terminal, query }: Following): (record: LogLine) => LogLine | null {
  const isWhole = query.isFiltered || terminal.json;
  if (!isWhole) return (record) => record;
  const join = createRecordJoiner();
  const context = { after: 0 };
  return (record) => {
    if (record.mark !== undefined) return query.isFiltered ? null : record;
    const line = join(record);
    if (line === null) return null;
    if (query.isWanted(line)) {
      context.after = query.linesAfter;
      return line;
    }
    context.after -= 1;
    return context.after >= 0 ? line : null;
  };
}

function noteGaps(terminal: Terminal, id: string, { skipped, truncated }: Notifications['log']): void {
  if (skipped > 0) terminal.note(describeGap(id, skipped));
  if (truncated === true) terminal.note(`the log file of "${id}" was truncated here; some of its lines may be missing`);
}

/** A count of 1 means an unknown number: the files with the lines were rotated away. */
function describeGap(id: string, skipped: number): string {
  return skipped === 1
    ? `some lines of "${id}" are missing here: their log file was rotated away before it was read`
    : `skipped ${skipped} lines of "${id}" that arrived too fast; its log files may still have them`;
}

/** Buffers the first lines of several streams, prints the last of them ordered by time, then passes lines on. */
function createOpening(take: TakeLine, count: number): TakeLine {
  const held = new Map<string, OwnedLine[]>();
  let isOpen = true;
  setTimeout(() => {
    isOpen = false;
    if (count > 0) for (const owned of mergeByTime([...held.values()]).slice(-count)) void take(owned);
    held.clear();
  }, OPENING_MS);
  return (owned) => {
    if (!isOpen) return take(owned);
    held.set(owned.id, [...(held.get(owned.id) ?? []), owned]);
    return undefined;
  };
}
