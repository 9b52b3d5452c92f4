import type { EngineApi } from '../../protocol/methods/methods.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { OptionsOf, RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { type Context, withConnection } from '../command/context.ts';
import { validateSelectors } from '../command/process-id.ts';
import { lastOfAll, noteSearches, printFound, searchProgram } from '../report/found-lines.ts';
import { follow } from '../report/following.ts';
import { followLogs } from '../report/follow-logs.ts';
import { createLinePrinter, type LinePrinter, needsRuns } from '../report/log-printer.ts';
import { queryOf } from '../report/log-order.ts';
import { onlyOf, programsOf } from '../report/log-programs.ts';

type LogsOptions = OptionsOf<typeof INSPECT_COMMANDS.logs>;

const ID_COLUMNS = { least: 4, most: 24 };

export const run: RunOf<typeof INSPECT_COMMANDS.logs> = async (context, words, options) => {
  validateSelectors(words);
  refuseContradictions(context, options);
  const query = queryOf(options, needsRuns(context.terminal, options));
  const printerOf = (ids: readonly string[], isOne: boolean): LinePrinter => printerFor(context, ids, isOne, options);
  const isCounted = options.lines !== undefined;
  if (options.follow) {
    return follow(context, (client, onRefused, onEnded) =>
      followLogs({ terminal: context.terminal, client, query, printerOf, isCounted }, words, { onRefused, onEnded }),
    );
  }
  await withConnection(context, ({ api }) => printLogs(context, api, words, { query, printerOf, isCounted }));
  return 0;
};

interface Printing {
  readonly query: ReturnType<typeof queryOf>;
  readonly printerOf: (ids: readonly string[], isOne: boolean) => LinePrinter;
  readonly isCounted: boolean;
}

async function printLogs(
  { terminal }: Context,
  api: EngineApi,
  words: readonly string[],
  { query, printerOf, isCounted }: Printing,
): Promise<void> {
  const ids = await programsOf(api, words);
  if (query.lines === 0) return;
  const searches = (await Promise.all(ids.map((id) => searchProgram(api, id, query)))).flat();
  const isOne = onlyOf(words) !== undefined && searches.length === 1 && searches[0]?.id === words[0];
  const print = printerOf(
    searches.map(({ id }) => id),
    isOne,
  );
  const hasContext = query.linesBefore + query.linesAfter > 0;
  await printFound(terminal, print, lastOfAll(searches, query), { hasContext });
  noteSearches(terminal, searches, { ...query, isCounted });
}

function printerFor(
  { terminal }: Context,
  ids: readonly string[],
  isOne: boolean,
  { timestamps, raw }: LogsOptions,
): LinePrinter {
  const widest = Math.max(ID_COLUMNS.least, ...ids.map((id) => id.length));
  const most = terminal.isScreen ? ID_COLUMNS.most : Infinity;
  return createLinePrinter(terminal, { timestamps, raw, idColumns: isOne ? null : Math.min(most, widest) });
}

/** @throws HealerError INVALID_CONFIG */
function refuseContradictions(
  { terminal }: Context,
  { raw, timestamps, follow, since, until, ...rest }: LogsOptions,
): void {
  if (raw && (terminal.json || timestamps)) {
    throw new HealerError(
      'INVALID_CONFIG',
      '--raw prints only what the program wrote; leave out --json and --timestamps',
    );
  }
  if (follow && until !== undefined) {
    throw new HealerError('INVALID_CONFIG', '--follow has no end; leave out --until');
  }
  if (since !== undefined && until !== undefined && since > until) {
    throw new HealerError('INVALID_CONFIG', '--since is later than --until');
  }
  const hasContext = rest.after !== undefined || rest.before !== undefined || rest.around !== undefined;
  const isSearch = rest.grep !== undefined || rest.level !== undefined || rest.where !== undefined;
  if (hasContext && !isSearch) {
    throw new HealerError('INVALID_CONFIG', '-A, -B and -C print lines around matches; add --grep, --level or --where');
  }
}
