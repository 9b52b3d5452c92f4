import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { HealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { OptionsOf, RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { type Context, withConnection } from '../command/context.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { type BeginFollowing, follow } from '../report/following.ts';
import {
  createLineFilter,
  createLinePrinter,
  createRecordJoiner,
  mergeByTime,
  type OwnedLine,
} from '../report/log-printer.ts';
import { validateIds } from '../command/process-id.ts';

/** How many lines a search covers: the last matching lines are rarely the last lines. */
const SEARCHED_LINES = 10_000;

/** How long to collect the tails of several programs before printing them in order. */
const OPENING_MS = 150;

type LogsOptions = OptionsOf<typeof INSPECT_COMMANDS.logs>;

const ID_COLUMNS = { least: 4, most: 24 };

export const run: RunOf<typeof INSPECT_COMMANDS.logs> = async (context, [id], options) => {
  if (id !== undefined) validateIds([id]);
  if (options.follow) {
    const begin: BeginFollowing = (client, onRefused) => followLogs({ context, client, options }, id, onRefused);
    return follow(context, begin);
  }
  await withConnection(context, async ({ api }) => {
    const ids = await programsOf(api, id);
    const print = printerFor(context, ids, id, options);
    for (const line of await lastLines(api, ids, options)) print(line);
  });
  return 0;
};

async function programsOf(api: EngineApi, id: string | undefined): Promise<readonly string[]> {
  if (id !== undefined) return [id];
  return (await listAll(api)).map((row) => row.id);
}

function printerFor(
  { terminal }: Context,
  ids: readonly string[],
  only: string | undefined,
  options: LogsOptions,
): (owned: OwnedLine) => void {
  const widest = Math.max(ID_COLUMNS.least, ...ids.map((id) => id.length));
  return createLinePrinter(terminal, {
    timestamps: options.timestamps,
    idColumns: only === undefined ? Math.min(ID_COLUMNS.most, widest) : null,
  });
}

/** Returns the last matching lines of all programs together. */
async function lastLines(api: EngineApi, ids: readonly string[], options: LogsOptions): Promise<OwnedLine[]> {
  const { lines: count } = options;
  if (count === 0) return [];
  const isFiltered = options.grep !== undefined || options.stream !== undefined;
  const tail = isFiltered ? Math.max(count, SEARCHED_LINES) : count;
  const programs = await Promise.all(ids.map((id) => linesOf(api, id, tail, options)));
  return mergeByTime(programs).slice(-count);
}

async function linesOf(api: EngineApi, id: string, tail: number, options: LogsOptions): Promise<OwnedLine[]> {
  const isWanted = createLineFilter(options);
  const join = createRecordJoiner();
  try {
    const records = await api.logs({ id, tail });
    const lines = records.map(join).filter((line) => line !== null);
    return lines.filter(isWanted).map((line) => ({ id, line }));
  } catch (error) {
    throw await explainFailure(error, { action: 'show the log of', id, api });
  }
}

/** What following logs requires, whichever program they belong to. */
interface Following {
  readonly context: Context;
  readonly client: ReconnectingClient;
  readonly options: LogsOptions;
}

/** Follows logs. Each stream starts with its own tail, so that no line is lost between past and new ones. */
async function followLogs(
  following: Following,
  only: string | undefined,
  onRefused: (error: HealerError) => void,
): Promise<void> {
  const { context, client, options } = following;
  const ids = await programsOf(client.api, only);
  const print = printerFor(context, ids, only, options);
  if (only !== undefined) {
    const explain = async (error: HealerError): Promise<void> => {
      onRefused(await explainFailure(error, { action: 'follow the log of', id: only, api: client.api }));
    };
    followProgram(following, only, print, (error) => void explain(error));
    return;
  }
  const opening = createOpening(print, options.lines);
  const followed = new Set<string>();
  const add = (id: string): void => {
    if (followed.has(id)) return;
    followed.add(id);
    // Removing a program closes only its own stream.
    followProgram(following, id, opening, () => followed.delete(id));
  };
  ids.forEach(add);
  client.subscribe('events', {}, ({ events }) => {
    for (const { kind, process } of events) if (kind === 'added' && process !== null) add(process);
  });
}

function followProgram(
  { context: { terminal }, client, options }: Following,
  id: string,
  print: (owned: OwnedLine) => void,
  onRefused: (error: HealerError) => void,
): void {
  const isWanted = createLineFilter(options);
  const join = createRecordJoiner();
  client.subscribe(
    'log',
    { id, tail: options.lines },
    ({ lines, skipped }) => {
      if (skipped > 0) terminal.note(describeGap(id, skipped));
      for (const record of lines) {
        const line = join(record);
        if (line !== null && isWanted(line)) print({ id, line });
      }
    },
    { onRefused },
  );
}

/** A count of 1 means an unknown number: the files with the lines were rotated away. */
function describeGap(id: string, skipped: number): string {
  return skipped === 1
    ? `some lines of "${id}" are missing here: their log file was rotated away before it was read`
    : `skipped ${skipped} lines of "${id}" that arrived too fast; its log files may still have them`;
}

/** Buffers the first lines of several streams, prints the last of them ordered by time, then passes lines on. */
function createOpening(print: (owned: OwnedLine) => void, count: number): (owned: OwnedLine) => void {
  const held = new Map<string, OwnedLine[]>();
  let isOpen = true;
  setTimeout(() => {
    isOpen = false;
    if (count > 0) for (const owned of mergeByTime([...held.values()]).slice(-count)) print(owned);
    held.clear();
  }, OPENING_MS);
  return (owned) => {
    if (!isOpen) print(owned);
    else held.set(owned.id, [...(held.get(owned.id) ?? []), owned]);
  };
}
