import type { FleetHost } from '../../fleet/contract/fleet-host.ts';
import { parseHostSelector, type HostSelector } from '../../fleet/contract/host-selector.ts';
import { inOrder } from '../../fleet/contract/order-hosts.ts';
import { matchesSelector, selectHosts } from '../../fleet/contract/select-hosts.ts';
import { connectFleet } from '../../fleet/operator/connect-fleet.ts';
import { hostJson } from '../../fleet/operator/host-json.ts';
import type { FleetChange } from '../../fleet/contract/watched-host.ts';
import { FleetWatch } from '../../fleet/operator/watch-fleet.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import { CLIENT_NAME, type Context } from '../command/context.ts';
import type { FLEET_COMMANDS } from '../command-groups/fleet-commands.ts';
import { onReaderGone } from '../output/end-without-reader.ts';
import { hostTable } from '../output/host-table.ts';
import { watchReader } from '../output/watch-reader.ts';

const DEFAULT_MS = 1000;
const SHORTEST_MS = 100;
const LONGEST_MS = 60_000;
const INTERRUPTED = 130;

export const run: RunOf<(typeof FLEET_COMMANDS)['fleet ls']> = async (context, words, { watch, intervalMs }) => {
  if (!watch && intervalMs !== undefined) {
    throw new HealerError('INVALID_CONFIG', '--interval sets how often the list is refreshed — add --watch');
  }
  if (intervalMs !== undefined && (intervalMs < SHORTEST_MS || intervalMs > LONGEST_MS)) {
    throw new HealerError('INVALID_CONFIG', '--interval must be from 100ms to 1m');
  }
  const parsed = parseHostSelector(words.join(' '));
  if ('problem' in parsed) throw new HealerError('INVALID_CONFIG', parsed.problem);
  const bus = await connectFleet(context.paths.configDir, { clientName: CLIENT_NAME });
  try {
    return await (watch ? watchHosts : listHosts)(context, bus, parsed.selector, intervalMs ?? DEFAULT_MS);
  } finally {
    await bus.close();
  }
};

type Source = ConstructorParameters<typeof FleetWatch>[0];

async function listHosts(context: Context, bus: Source, selector: HostSelector): Promise<number> {
  const { hosts, problems, isUnreadable } = await readHosts(bus);
  for (const problem of problems) context.terminal.note(problem);
  if (isUnreadable)
    throw new HealerError('IO_ERROR', 'the hosts of the fleet cannot be read — run "healer fleet doctor"');
  const selection = selectHosts(selector, hosts);
  if (selection.problems.length > 0) throw new HealerError('NOT_FOUND', selection.problems.join('; '));
  show(context, selection.hosts);
  return 0;
}

interface ReadHosts {
  readonly hosts: readonly FleetHost[];
  readonly problems: readonly string[];
  readonly isUnreadable: boolean;
}

function readHosts(bus: Source): Promise<ReadHosts> {
  return new Promise((resolve) => {
    const fleet = new FleetWatch(bus, {
      onChange: ({ problems, bus }) => {
        fleet.close();
        resolve({ hosts: fleet.hosts(), problems, isUnreadable: bus.is !== 'connected' });
      },
    });
    fleet.start();
  });
}

/** Shows the list again whenever something changed, until Ctrl-C or until the reader of the output is gone. */
function watchHosts(context: Context, bus: Source, selector: HostSelector, intervalMs: number): Promise<number> {
  return new Promise((resolve) => {
    const announce = announcer(context);
    const repaint = () =>
      show(
        context,
        fleet.hosts().filter((host) => matchesSelector(selector, host)),
      );
    const fleet = new FleetWatch(bus, {
      intervalMs,
      onChange: (change) => {
        announce(change);
        repaint();
      },
    });
    // The age of hosts that are late or lost grows although nothing is reported.
    const timer = context.terminal.isInteractive ? setInterval(repaint, Math.max(intervalMs, DEFAULT_MS)) : undefined;
    const end = (code: number) => {
      clearInterval(timer);
      stopWatching();
      stopListening();
      fleet.close();
      resolve(code);
    };
    const stopWatching = watchReader(() => end(0));
    const stopListening = onReaderGone(() => end(0));
    process.once('SIGINT', () => end(INTERRUPTED));
    fleet.start();
  });
}

/** Returns a function that notes on stderr when the bus is lost and when it is back, and every new problem. */
function announcer({ terminal }: Context): (change: FleetChange) => void {
  let isAway = false;
  let known: readonly string[] = [];
  return ({ bus, problems }) => {
    for (const problem of problems) if (!known.includes(problem)) terminal.note(problem);
    known = problems;
    if (bus.is === 'away' && !isAway)
      terminal.note('lost the connection to the bus; the list shows what was known (press Ctrl-C to exit)');
    if (bus.is === 'connected' && isAway) terminal.note('connected to the bus again');
    if (bus.is !== 'reading') isAway = bus.is === 'away';
  };
}

function show({ terminal }: Context, hosts: readonly FleetHost[]): void {
  const sorted = inOrder(hosts);
  if (terminal.json) terminal.printJson(sorted.map(hostJson));
  else if (sorted.length === 0) terminal.repaint(['No hosts.']);
  else terminal.repaint(hostTable(terminal, sorted));
}
