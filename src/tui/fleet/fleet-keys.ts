/** A key of the screen with the hosts of a fleet. */
interface FleetBinding<Command extends string> {
  readonly keys: readonly string[];
  readonly command: Command;
  readonly help: string;
  /** Shown in the footer, in the order of priority; what does not fit is left out. */
  readonly hint?: readonly [label: string, priority: number];
}

function bindings<const Command extends string>(
  table: readonly FleetBinding<Command>[],
): readonly FleetBinding<Command>[] {
  return table;
}

/** All keys of the screen of hosts. Lookup, footer, help and documentation derive from this table. */
export const FLEET_KEYS = bindings([
  { keys: ['q'], command: 'quit', help: 'quit; programs stay up', hint: ['quit', 1] },
  { keys: ['?'], command: 'help', help: 'show this help', hint: ['help', 2] },
  { keys: ['enter', 'l', 'right'], command: 'open', help: "show the host's programs", hint: ['programs', 3] },
  { keys: ['e'], command: 'events', help: "show the host's healing log", hint: ['events', 9] },
  { keys: ['/'], command: 'filter', help: 'filter by a selector, e.g. role=web bad>0', hint: ['filter', 4] },
  { keys: ['!'], command: 'onlyBad', help: 'show only hosts that need attention', hint: ['only bad', 5] },
  { keys: ['space'], command: 'mark', help: 'mark the host', hint: ['mark', 6] },
  { keys: ['y'], command: 'copy', help: 'copy the marked hosts as a selector', hint: ['copy names', 8] },
  { keys: ['escape', 'h', 'left'], command: 'back', help: 'clear marks and filter', hint: ['back', 7] },
  { keys: ['j', 'down', 'wheeldown'], command: 'down', help: 'go down' },
  { keys: ['k', 'up', 'wheelup'], command: 'up', help: 'go up' },
  { keys: ['pagedown', 'ctrl-f'], command: 'pageDown', help: 'go down a page' },
  { keys: ['pageup', 'ctrl-b'], command: 'pageUp', help: 'go up a page' },
  { keys: ['g', 'home'], command: 'first', help: 'go to the first host' },
  { keys: ['G', 'end'], command: 'last', help: 'go to the last host' },
  { keys: ['1', '2', '3', '4', '5'], command: 'local', help: 'show the programs of this machine' },
  { keys: ['ctrl-l'], command: 'repaint', help: 'draw the screen again' },
  { keys: ['ctrl-z'], command: 'suspend', help: 'suspend; fg continues' },
  { keys: ['ctrl-c'], command: 'interrupt', help: 'quit' },
]);

export type FleetCommand = (typeof FLEET_KEYS)[number]['command'];

const COMMANDS = new Map<string, FleetCommand>(
  FLEET_KEYS.flatMap(({ keys, command }) => keys.map((key): [string, FleetCommand] => [key, command])),
);

/** Returns the command of a key; null if it has none. */
export function fleetCommandFor(key: string): FleetCommand | null {
  return COMMANDS.get(key) ?? null;
}
