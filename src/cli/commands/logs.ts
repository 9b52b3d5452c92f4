import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { HealerError } from '../../protocol/errors.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { OptionsOf, RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { type Context, withConnection } from '../command/context.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { instancesMeant } from '../report/instances.ts';
import { type BeginFollowing, follow } from '../report/following.ts';
import {
  createLineFilter,
  createLinePrinter,
  createRecordJoiner,
  mergeByTime,
  type OwnedLine,
} from '../report/log-printer.ts';
import { isPlainId } from '../../base/selector.ts';
import { validateSelectors } from '../command/process-id.ts';
import { selectable, selectRows } from '../report/select-programs.ts';

/** How many lines a search covers: the last matching lines are rarely the last lines. */
const SEARCHED_LINES = 10_000;

/** How long to collect the tails of several programs before printing them in order. */
const OPENING_MS = 150;

type LogsOptions = OptionsOf<typeof INSPECT_COMMANDS.logs>;

const ID_COLUMNS = { least: 4, most: 24 };

export const run: RunOf<typeof INSPECT_COMMANDS.logs> = async (context, words, options) => {
  validateSelectors(words);
  if (options.follow) {
    const begin: BeginFollowing = (client, onRefused) => followLogs({ context, client, options }, words, onRefused);
    return follow(context, begin);
  }
  await withConnection(context, async ({ api }) => {
    const ids = await programsOf(api, words);
    const lines = await lastLines(api, ids, options);
    const owners = [...new Set([...ids, ...lines.map(({ id }) => id)])];
    const print = printerFor(context, owners, onlyOf(words), options);
    for (const line of lines) print(line);
  });
  return 0;
};

/** Returns the id if the command is about a single program. */
function onlyOf(words: readonly string[]): string | undefined {
  const [only] = words;
  return words.length === 1 && only !== undefined && isPlainId(only) ? only : undefined;
}

async function programsOf(api: EngineApi, words: readonly string[]): Promise<readonly string[]> {
  const only = onlyOf(words);
  if (only !== undefined) return [only];
  const rows = selectable(await listAll(api));
  return selectRows(words, rows).map((row) => row.id);
}

function printerFor(
  { terminal }: Context,
  ids: readonly string[],
  only: string | undefined,
  options: LogsOptions,
): (owned: OwnedLine) => void {
  const widest = Math.max(ID_COLUMNS.least, ...ids.map((id) => id.length));
  const isOne = only !== undefined && ids.length === 1;
  return createLinePrinter(terminal, {
    timestamps: options.timestamps,
    idColumns: !isOne ? Math.min(ID_COLUMNS.most, widest) : null,
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
    const instances = await instancesMeant(error, id, api);
    if (instances.length === 0) throw await explainFailure(error, { action: 'show the log of', id, api });
    return (await Promise.all(instances.map((instance) => linesOf(api, instance, tail, options)))).flat();
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
  words: readonly string[],
  onRefused: (error: HealerError) => void,
): Promise<void> {
  const { context, client, options } = following;
  const only = onlyOf(words);
  if (only === undefined) {
    await followSeveral(following, words);
    return;
  }
  const explain = async (error: HealerError): Promise<void> => {
    const instances = await instancesMeant(error, only, client.api);
    if (instances.length > 0) await followSeveral(following, instances);
    else onRefused(await explainFailure(error, { action: 'follow the log of', id: only, api: client.api }));
  };
  const print = printerFor(context, [only], only, options);
  followProgram(following, only, print, (error) => void explain(error).catch(onRefused));
}

/** Follows all selected programs, also those that are added later. */
async function followSeveral(following: Following, words: readonly string[]): Promise<void> {
  const { context, client, options } = following;
  const ids = await programsOf(client.api, words);
  const opening = createOpening(printerFor(context, ids, undefined, options), options.lines);
  const followed = new Set<string>();
  const add = (id: string): void => {
    if (followed.has(id)) return;
    followed.add(id);
    // Removing a program closes only its own stream.
    followProgram(following, id, opening, () => followed.delete(id));
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
