import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { OptionsOf, RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { withConnection } from '../command/context.ts';
import { follow } from '../report/following.ts';
import { formatEvent } from '../output/event-line.ts';
import { eventJson } from '../output/json-shapes.ts';
import type { Terminal } from '../output/terminal.ts';
import { validateIds } from '../command/process-id.ts';

export const run: RunOf<typeof INSPECT_COMMANDS.events> = async (context, _args, options) => {
  const { terminal } = context;
  if (options.process !== undefined) validateIds([options.process]);
  const filter = options.process === undefined ? {} : { process: options.process };
  if (!options.follow) {
    printEvents(terminal, await withConnection(context, ({ api }) => history(api, options)));
    return 0;
  }
  return follow(context, async (client, onRefused) => {
    const [newest] = await client.api.events({ limit: 1 });
    const past = await history(client.api, options);
    printEvents(terminal, past);
    const afterSeq = Math.max(newest?.seq ?? 0, past.at(-1)?.seq ?? 0);
    client.subscribe(
      'events',
      { ...filter, afterSeq },
      ({ events, missed }) => {
        if (missed > 0) terminal.note(`${missed} older events are no longer in memory; find them in healing.log`);
        printEvents(terminal, events);
      },
      { onRefused },
    );
  });
};

type EventsOptions = OptionsOf<typeof INSPECT_COMMANDS.events>;

async function history(api: EngineApi, { lines, process }: EventsOptions): Promise<readonly EngineEvent[]> {
  if (lines === 0) return [];
  return api.events({ limit: lines, process });
}

function printEvents(terminal: Terminal, events: readonly EngineEvent[]): void {
  for (const event of events) {
    if (terminal.json) terminal.printJson(eventJson(event));
    else terminal.print(formatEvent(event, terminal.style));
  }
}
