import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { OptionsOf, RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { withConnection } from '../command/context.ts';
import { follow } from '../report/following.ts';
import { formatEvent } from '../output/event-line.ts';
import { eventJson } from '../output/json-shapes.ts';
import type { Terminal } from '../output/terminal.ts';
import { isPlainId } from '../../base/selector.ts';
import { listAll } from '../../client/attach/list-all.ts';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import { validateSelectors } from '../command/process-id.ts';
import { selectable, selectRows } from '../report/select-programs.ts';

export const run: RunOf<typeof INSPECT_COMMANDS.events> = async (context, _args, options) => {
  const { terminal } = context;
  const word = options.process;
  if (word !== undefined) validateSelectors([word]);
  if (!options.follow) {
    printEvents(terminal, await withConnection(context, ({ api }) => history(api, options)));
    return 0;
  }
  return follow(context, async (client, onRefused) => {
    const [newest] = await client.api.events({ limit: 1 });
    const past = await history(client.api, options);
    const isWanted = await wantedEvents(client.api, word);
    const filter = word === undefined || !isPlainId(word) ? {} : { process: word };
    printEvents(terminal, past);
    const afterSeq = Math.max(newest?.seq ?? 0, past.at(-1)?.seq ?? 0);
    client.subscribe(
      'events',
      { ...filter, afterSeq },
      ({ events, missed }) => {
        if (missed > 0) terminal.note(`${missed} older events are no longer in memory; find them in healing.log`);
        printEvents(terminal, events.filter(isWanted));
      },
      { onRefused },
    );
  });
};

type EventsOptions = OptionsOf<typeof INSPECT_COMMANDS.events>;

async function history(api: EngineApi, { lines, process }: EventsOptions): Promise<readonly EngineEvent[]> {
  if (lines === 0) return [];
  if (process === undefined) return api.events({ limit: lines });
  if (isPlainId(process)) {
    const events = await api.events({ limit: lines, process });
    // Events of a program that was removed are shown as well.
    if (events.length === 0) selectRows([process], selectable(await listAll(api)));
    return events;
  }
  const isWanted = await wantedEvents(api, process);
  const events = await api.events({ limit: WIRE_LIMITS.batchItems });
  return events.filter(isWanted).slice(-lines);
}

/** Returns which events belong to the programs that a word selects; all events without a word. */
async function wantedEvents(api: EngineApi, word: string | undefined): Promise<(event: EngineEvent) => boolean> {
  if (word === undefined || isPlainId(word)) return () => true;
  const ids = new Set(selectRows([word], selectable(await listAll(api))).map(({ id }) => id));
  return ({ process }) => process !== null && ids.has(process);
}

function printEvents(terminal: Terminal, events: readonly EngineEvent[]): void {
  for (const event of events) {
    if (terminal.json) terminal.printJson(eventJson(event));
    else terminal.print(formatEvent(event, terminal.style));
  }
}
