import type { State } from './store/state.ts';

/** Who has the keyboard. */
export type KeyContext = 'list' | 'events' | 'program' | 'typing' | 'sort' | 'confirm' | 'help';

interface Binding<Command extends string> {
  readonly keys: readonly string[];
  readonly command: Command;
  readonly help: string;
  readonly in: readonly KeyContext[];
  /** Shown in the footer; where there is no room, the highest priority goes first. */
  readonly hint?: { readonly label: string; readonly priority: number };
}

const VIEWS = ['list', 'events', 'program'] as const;
const PROGRAMS = ['list', 'program'] as const;

/** Gives the table its type while the commands are inferred from it. */
function keymap<const Command extends string>(bindings: readonly Binding<Command>[]): readonly Binding<Command>[] {
  return bindings;
}

/** Every key, where it works and what it does. Lookup, footer and help derive from this table. */
export const KEYMAP = keymap([
  { keys: ['q'], command: 'quit', help: 'quit; programs stay up', in: VIEWS, hint: { label: 'quit', priority: 1 } },
  { keys: ['?'], command: 'help', help: 'this help', in: VIEWS, hint: { label: 'help', priority: 2 } },
  { keys: ['down', 'j'], command: 'down', help: 'down', in: VIEWS },
  { keys: ['up', 'k'], command: 'up', help: 'up', in: VIEWS },
  { keys: ['pagedown'], command: 'pageDown', help: 'a page down', in: VIEWS },
  { keys: ['pageup'], command: 'pageUp', help: 'a page up', in: VIEWS },
  { keys: ['ctrl-d'], command: 'halfPageDown', help: 'half a page down', in: VIEWS },
  { keys: ['ctrl-u'], command: 'halfPageUp', help: 'half a page up', in: VIEWS },
  { keys: ['g', 'home'], command: 'top', help: 'to the first', in: VIEWS },
  { keys: ['G', 'end'], command: 'bottom', help: 'to the last', in: VIEWS },
  {
    keys: ['enter', 'l'],
    command: 'open',
    help: 'facts, charts and log',
    in: ['list'],
    hint: { label: 'open', priority: 7 },
  },
  { keys: ['escape'], command: 'back', help: 'back; clear the filter', in: VIEWS },
  { keys: ['escape'], command: 'back', help: 'back', in: ['sort'], hint: { label: 'cancel', priority: 7 } },
  {
    keys: ['escape', 'q', '?', 'enter'],
    command: 'back',
    help: 'close',
    in: ['help'],
    hint: { label: 'close', priority: 1 },
  },
  {
    keys: ['j', 'down', 'pagedown', 'space'],
    command: 'down',
    help: 'next page',
    in: ['help'],
    hint: { label: 'next page', priority: 2 },
  },
  {
    keys: ['k', 'up', 'pageup'],
    command: 'up',
    help: 'page before',
    in: ['help'],
    hint: { label: 'page before', priority: 3 },
  },
  { keys: ['tab'], command: 'nextTab', help: 'next tab', in: VIEWS },
  { keys: ['shift-tab'], command: 'previousTab', help: 'previous tab', in: VIEWS },
  { keys: ['1'], command: 'showProcesses', help: 'Processes', in: VIEWS },
  { keys: ['4'], command: 'showCooldown', help: 'Cooldown', in: VIEWS },
  { keys: ['5'], command: 'showEvents', help: 'Healing log', in: VIEWS },
  { keys: ['/'], command: 'filter', help: 'filter (see below)', in: ['list'], hint: { label: 'filter', priority: 5 } },
  { keys: ['o'], command: 'sort', help: 'sort by ...', in: ['list'], hint: { label: 'sort', priority: 9 } },
  {
    keys: ['!'],
    command: 'unhealthyOnly',
    help: 'unhealthy ones only',
    in: ['list'],
    hint: { label: 'unhealthy', priority: 13 },
  },
  {
    keys: ['space'],
    command: 'mark',
    help: 'mark for an operation',
    in: ['list'],
    hint: { label: 'mark', priority: 11 },
  },
  { keys: ['r'], command: 'restart', help: 'restart', in: PROGRAMS, hint: { label: 'restart', priority: 3 } },
  { keys: ['x'], command: 'stop', help: 'stop (asks)', in: PROGRAMS, hint: { label: 'stop', priority: 4 } },
  { keys: ['s'], command: 'start', help: 'start', in: PROGRAMS, hint: { label: 'start', priority: 6 } },
  {
    keys: ['X'],
    command: 'kill',
    help: 'kill with SIGKILL (asks)',
    in: PROGRAMS,
    hint: { label: 'kill', priority: 8 },
  },
  {
    keys: ['p'],
    command: 'pauseOrResume',
    help: 'pause, or resume',
    in: PROGRAMS,
    hint: { label: 'pause', priority: 10 },
  },
  {
    keys: ['c'],
    command: 'endCooldown',
    help: 'end the cooldown',
    in: PROGRAMS,
    hint: { label: 'clear cooldown', priority: 12 },
  },
  { keys: ['f'], command: 'follow', help: 'log: follow', in: ['program'], hint: { label: 'follow', priority: 7 } },
  { keys: ['w'], command: 'wrap', help: 'log: wrap long lines', in: ['program'], hint: { label: 'wrap', priority: 9 } },
  { keys: ['right'], command: 'scrollRight', help: 'log: to the right', in: ['program'] },
  { keys: ['left'], command: 'scrollLeft', help: 'log: to the left', in: ['program'] },
  { keys: ['/'], command: 'search', help: 'log: search', in: ['program'], hint: { label: 'search', priority: 5 } },
  { keys: ['n'], command: 'nextMatch', help: 'log: next match', in: ['program'] },
  { keys: ['N'], command: 'previousMatch', help: 'log: previous match', in: ['program'] },
  { keys: ['u'], command: 'startEngine', help: 'start the engine', in: VIEWS },
  { keys: ['c'], command: 'sortByCpu', help: 'CPU', in: ['sort'], hint: { label: 'CPU', priority: 1 } },
  { keys: ['m'], command: 'sortByMemory', help: 'memory', in: ['sort'], hint: { label: 'memory', priority: 2 } },
  { keys: ['n'], command: 'sortByName', help: 'name', in: ['sort'], hint: { label: 'name', priority: 3 } },
  { keys: ['u'], command: 'sortByUptime', help: 'uptime', in: ['sort'], hint: { label: 'uptime', priority: 4 } },
  { keys: ['s'], command: 'sortByStatus', help: 'status', in: ['sort'], hint: { label: 'status', priority: 5 } },
  {
    keys: ['o'],
    command: 'sortAsListed',
    help: "the engine's order",
    in: ['sort'],
    hint: { label: 'as listed', priority: 6 },
  },
  { keys: ['y', 'Y'], command: 'confirm', help: 'do it', in: ['confirm'], hint: { label: 'yes', priority: 1 } },
  { keys: ['n', 'N', 'escape', 'q', 'enter'], command: 'decline', help: 'leave it', in: ['confirm'] },
  {
    keys: ['enter'],
    command: 'acceptText',
    help: 'keep the text',
    in: ['typing'],
    hint: { label: 'keep', priority: 1 },
  },
  {
    keys: ['escape'],
    command: 'cancelText',
    help: 'as it was before',
    in: ['typing'],
    hint: { label: 'cancel', priority: 2 },
  },
  { keys: ['backspace'], command: 'eraseCharacter', help: 'erase a character', in: ['typing'] },
  { keys: ['ctrl-u', 'ctrl-w'], command: 'eraseText', help: 'erase all', in: ['typing'] },
  { keys: ['ctrl-l'], command: 'repaint', help: 'repaint', in: [...VIEWS, 'typing', 'sort', 'confirm', 'help'] },
  {
    keys: ['ctrl-z'],
    command: 'suspend',
    help: 'to the shell, fg returns',
    in: [...VIEWS, 'typing', 'sort', 'confirm', 'help'],
  },
  { keys: ['ctrl-c'], command: 'interrupt', help: 'quit at once', in: [...VIEWS, 'typing', 'sort', 'confirm', 'help'] },
]);

/** `type` is any key in a text field that is bound to nothing else. */
export type CommandName = (typeof KEYMAP)[number]['command'] | 'type';

const COMMAND_OF = new Map<string, CommandName>(
  KEYMAP.flatMap(({ keys, command, in: contexts }) =>
    contexts.flatMap((context) => keys.map((key) => [`${context} ${key}`, command] as const)),
  ),
);

export function contextOf({ overlay, view }: State): KeyContext {
  switch (overlay.kind) {
    case 'none':
      if (view.kind === 'program') return 'program';
      return view.tab === 'events' ? 'events' : 'list';
    case 'filter':
    case 'search':
      return 'typing';
    case 'sort':
    case 'confirm':
    case 'help':
      return overlay.kind;
  }
}

/** Null when the key means nothing here. */
export function commandFor(
  context: KeyContext,
  key: { readonly name: string; readonly text: string },
): CommandName | null {
  const bound = COMMAND_OF.get(`${context} ${key.name}`);
  if (bound !== undefined) return bound;
  return context === 'typing' && key.text !== '' ? 'type' : null;
}

const KEY_LABELS: Readonly<Record<string, string>> = {
  down: 'Down',
  up: 'Up',
  left: 'Left',
  right: 'Right',
  pagedown: 'PgDn',
  pageup: 'PgUp',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  space: 'Space',
  backspace: 'Backspace',
};

/** A key as people write it. */
export function keyLabel(key: string): string {
  return KEY_LABELS[key] ?? key.replace('ctrl-', '^');
}
