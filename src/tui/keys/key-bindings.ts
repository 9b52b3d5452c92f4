/** Who has the keyboard. */
export type KeyContext =
  | 'list'
  | 'anomalies'
  | 'zombies'
  | 'events'
  | 'program'
  | 'typing'
  | 'palette'
  | 'form'
  | 'sort'
  | 'hold'
  | 'confirm'
  | 'help';

interface Binding<Command extends string> {
  readonly keys: readonly string[];
  readonly command: Command;
  readonly help: string;
  readonly in: readonly KeyContext[];
  /** Shown in the footer; where there is no room, the highest priority goes first. */
  readonly hint?: readonly [label: string, priority: number];
}

const RECORDS = ['anomalies', 'zombies', 'events'] as const;
const LISTS = ['list', ...RECORDS] as const;
const VIEWS = [...LISTS, 'program'] as const;
const PROGRAMS = ['list', 'program'] as const;
const TEXT = ['typing', 'palette', 'form'] as const;
const ASKING = ['sort', 'hold', 'confirm', 'help'] as const;
const ALL = [...VIEWS, ...TEXT, ...ASKING] as const;

/** Gives the table its type while the commands are inferred from it. */
function bindings<const Command extends string>(table: readonly Binding<Command>[]): readonly Binding<Command>[] {
  return table;
}

const EVERYWHERE = bindings([
  { keys: ['q'], command: 'quit', help: 'quit; programs stay up', in: VIEWS, hint: ['quit', 1] },
  { keys: ['?'], command: 'help', help: 'this help', in: VIEWS, hint: ['help', 2] },
  { keys: [':'], command: 'palette', help: 'command line', in: VIEWS, hint: ['command', 16] },
  { keys: ['tab'], command: 'nextTab', help: 'next tab', in: VIEWS },
  { keys: ['shift-tab'], command: 'previousTab', help: 'previous tab', in: VIEWS },
  { keys: ['1'], command: 'showProcesses', help: 'Processes', in: VIEWS },
  { keys: ['2'], command: 'showAnomalies', help: 'Anomalies', in: VIEWS },
  { keys: ['3'], command: 'showZombies', help: 'Zombies', in: VIEWS },
  { keys: ['4'], command: 'showCooldown', help: 'Cooldown', in: VIEWS },
  { keys: ['5'], command: 'showEvents', help: 'Healing log', in: VIEWS },
  { keys: ['escape'], command: 'back', help: 'back; clear the filter', in: VIEWS },
  { keys: ['y'], command: 'copy', help: 'copy the line or the id', in: VIEWS },
  { keys: ['m'], command: 'mouse', help: 'mouse on, off', in: VIEWS },
  { keys: ['+', '='], command: 'faster', help: 'refresh more often', in: VIEWS },
  { keys: ['-'], command: 'slower', help: 'refresh less often', in: VIEWS },
  { keys: ['u'], command: 'startEngine', help: 'start the engine', in: VIEWS },
  { keys: ['ctrl-l'], command: 'repaint', help: 'repaint', in: ALL },
  { keys: ['ctrl-z'], command: 'suspend', help: 'to the shell, fg returns', in: ALL },
  { keys: ['ctrl-c'], command: 'interrupt', help: 'quit at once', in: ALL },
]);

const MOVING = bindings([
  { keys: ['down', 'j'], command: 'down', help: 'down', in: VIEWS },
  { keys: ['up', 'k'], command: 'up', help: 'up', in: VIEWS },
  { keys: ['wheeldown'], command: 'wheelDown', help: 'three down', in: VIEWS },
  { keys: ['wheelup'], command: 'wheelUp', help: 'three up', in: VIEWS },
  { keys: ['pagedown', 'ctrl-f'], command: 'pageDown', help: 'a page down', in: VIEWS },
  { keys: ['pageup', 'ctrl-b'], command: 'pageUp', help: 'a page up', in: VIEWS },
  { keys: ['ctrl-d'], command: 'halfPageDown', help: 'half a page down', in: VIEWS },
  { keys: ['ctrl-u'], command: 'halfPageUp', help: 'half a page up', in: VIEWS },
  { keys: ['g', 'home'], command: 'top', help: 'to the first', in: VIEWS },
  { keys: ['G', 'end'], command: 'bottom', help: 'to the last', in: VIEWS },
]);

const LISTING = bindings([
  { keys: ['enter', 'l'], command: 'open', help: 'facts, charts and log', in: LISTS, hint: ['open', 7] },
  { keys: ['/'], command: 'filter', help: 'filter (see below)', in: LISTS, hint: ['filter', 5] },
  { keys: ['o'], command: 'sort', help: 'sort by ...', in: ['list'], hint: ['sort', 9] },
  { keys: ['<'], command: 'sortLeft', help: 'sort by the column left', in: ['list'] },
  { keys: ['>'], command: 'sortRight', help: 'sort by the column right', in: ['list'] },
  { keys: ['!'], command: 'unhealthyOnly', help: 'unhealthy ones only', in: ['list'], hint: ['unhealthy', 13] },
  { keys: ['space'], command: 'mark', help: 'mark, and go on', in: ['list'], hint: ['mark', 11] },
  { keys: ['*'], command: 'invertMarks', help: 'invert the marks', in: ['list'] },
  { keys: ['v'], command: 'wide', help: 'reasons, sources first', in: ['list'] },
  { keys: ['f'], command: 'followEvents', help: 'stay on the newest', in: ['events'], hint: ['follow', 6] },
  { keys: ['c'], command: 'cleanZombies', help: 'have them reaped', in: ['zombies'], hint: ['clean up', 4] },
  { keys: ['r'], command: 'rescan', help: 'look again', in: ['zombies', 'anomalies'], hint: ['look again', 6] },
]);

const OPERATING = bindings([
  { keys: ['r'], command: 'restart', help: 'restart', in: PROGRAMS, hint: ['restart', 3] },
  { keys: ['R'], command: 'rolling', help: 'restart one by one', in: PROGRAMS },
  { keys: ['x'], command: 'stop', help: 'stop (asks)', in: PROGRAMS, hint: ['stop', 4] },
  { keys: ['X', 'K'], command: 'kill', help: 'kill with SIGKILL (asks)', in: PROGRAMS, hint: ['kill', 8] },
  { keys: ['s', 'S'], command: 'start', help: 'start', in: PROGRAMS, hint: ['start', 6] },
  { keys: ['p'], command: 'pauseOrResume', help: 'pause, or resume', in: PROGRAMS, hint: ['pause', 10] },
  { keys: ['c'], command: 'endCooldown', help: 'end the cooldown', in: PROGRAMS, hint: ['clear cooldown', 12] },
  { keys: ['h'], command: 'holdOrRelease', help: 'hold or release healing', in: PROGRAMS, hint: ['hold', 15] },
  { keys: ['e'], command: 'editProgram', help: 'edit limits and more', in: PROGRAMS, hint: ['edit', 8] },
  { keys: ['a'], command: 'addProgram', help: 'add a program', in: ['list'], hint: ['add', 14] },
  { keys: ['d'], command: 'remove', help: 'remove (asks)', in: PROGRAMS, hint: ['remove', 17] },
  { keys: ['t'], command: 'tree', help: 'its process tree', in: PROGRAMS, hint: ['tree', 13] },
  { keys: ['i'], command: 'incidents', help: 'what healing did', in: PROGRAMS, hint: ['history', 14] },
  { keys: ['E'], command: 'page', help: 'log in $PAGER', in: PROGRAMS, hint: ['pager', 18] },
  { keys: ['z'], command: 'zoom', help: 'only table, only log', in: PROGRAMS, hint: ['zoom', 12] },
]);

const READING = bindings([
  { keys: ['f'], command: 'follow', help: 'log: follow', in: ['program'], hint: ['follow', 7] },
  { keys: ['w'], command: 'wrap', help: 'log: wrap long lines', in: ['program'], hint: ['wrap', 9] },
  { keys: ['T'], command: 'times', help: 'log: time, date, none', in: ['program'], hint: ['times', 16] },
  { keys: ['L'], command: 'stream', help: 'log: stderr, stdout', in: ['program'], hint: ['stream', 15] },
  { keys: ['/'], command: 'search', help: 'log: search', in: ['program'], hint: ['search', 5] },
  { keys: ['&'], command: 'matchesOnly', help: 'log: only what matches', in: ['program'] },
  { keys: ['n'], command: 'nextMatch', help: 'log: next match', in: ['program'] },
  { keys: ['N'], command: 'previousMatch', help: 'log: previous match', in: ['program'] },
  { keys: ['right'], command: 'scrollRight', help: 'log: to the right', in: ['program'] },
  { keys: ['left'], command: 'scrollLeft', help: 'log: to the left', in: ['program'] },
  { keys: ['H'], command: 'span', help: 'charts: 15 min, 24 h', in: ['program'], hint: ['15m/24h', 11] },
]);

const SORTING = bindings([
  { keys: ['c'], command: 'sortByCpu', help: 'CPU', in: ['sort'], hint: ['CPU', 1] },
  { keys: ['m'], command: 'sortByMemory', help: 'memory', in: ['sort'], hint: ['memory', 2] },
  { keys: ['n'], command: 'sortByName', help: 'name', in: ['sort'], hint: ['name', 3] },
  { keys: ['u'], command: 'sortByUptime', help: 'uptime', in: ['sort'], hint: ['uptime', 4] },
  { keys: ['s'], command: 'sortByStatus', help: 'status', in: ['sort'], hint: ['status', 5] },
  { keys: ['r'], command: 'sortByRestarts', help: 'restarts', in: ['sort'], hint: ['restarts', 6] },
  { keys: ['p'], command: 'sortByPid', help: 'pid', in: ['sort'], hint: ['pid', 7] },
  { keys: ['l'], command: 'sortByLimits', help: 'limits', in: ['sort'], hint: ['limits', 8] },
  { keys: ['t'], command: 'sortByTree', help: 'processes', in: ['sort'], hint: ['processes', 9] },
  { keys: ['w'], command: 'sortByWhy', help: 'reason', in: ['sort'], hint: ['why', 10] },
  { keys: ['f'], command: 'sortBySource', help: 'source', in: ['sort'], hint: ['source', 11] },
  { keys: ['o'], command: 'sortAsListed', help: "the engine's order", in: ['sort'], hint: ['as listed', 0] },
]);

const ANSWERING = bindings([
  { keys: ['y', 'Y'], command: 'confirm', help: 'do it', in: ['confirm'], hint: ['yes', 1] },
  { keys: ['n', 'N', 'escape', 'q', 'enter'], command: 'decline', help: 'leave it', in: ['confirm'], hint: ['no', 2] },
  { keys: ['1'], command: 'holdHalfHour', help: 'for 30 minutes', in: ['hold'], hint: ['30 min', 1] },
  { keys: ['2'], command: 'holdTwoHours', help: 'for 2 hours', in: ['hold'], hint: ['2 hours', 2] },
  { keys: ['3'], command: 'holdDay', help: 'for a day', in: ['hold'], hint: ['a day', 3] },
  { keys: ['0', 'enter'], command: 'holdOpen', help: 'until released', in: ['hold'], hint: ['no end', 4] },
  { keys: ['escape', 'q'], command: 'back', help: 'back', in: ['sort', 'hold'], hint: ['cancel', 20] },
  { keys: ['escape', 'q', '?', 'enter'], command: 'back', help: 'close', in: ['help'], hint: ['close', 1] },
  {
    keys: ['j', 'down', 'pagedown', 'space', 'wheeldown'],
    command: 'down',
    help: 'next page',
    in: ['help'],
    hint: ['next page', 2],
  },
  {
    keys: ['k', 'up', 'pageup', 'wheelup'],
    command: 'up',
    help: 'page before',
    in: ['help'],
    hint: ['page before', 3],
  },
]);

const TYPING = bindings([
  { keys: ['enter'], command: 'acceptText', help: 'keep the text', in: ['typing'], hint: ['keep', 1] },
  { keys: ['enter'], command: 'runPalette', help: 'run it', in: ['palette'], hint: ['run', 1] },
  { keys: ['tab'], command: 'completePalette', help: 'complete', in: ['palette'], hint: ['complete', 2] },
  { keys: ['down', 'ctrl-n'], command: 'nextCompletion', help: 'next', in: ['palette'], hint: ['choose', 3] },
  { keys: ['up', 'ctrl-p', 'shift-tab'], command: 'previousCompletion', help: 'previous', in: ['palette'] },
  { keys: ['enter'], command: 'submitForm', help: 'check and apply', in: ['form'], hint: ['apply', 1] },
  { keys: ['tab', 'down'], command: 'nextField', help: 'next field', in: ['form'], hint: ['next field', 3] },
  { keys: ['shift-tab', 'up'], command: 'previousField', help: 'field before', in: ['form'] },
  { keys: ['right'], command: 'chooseNext', help: 'next value', in: ['form'], hint: ['next value', 4] },
  { keys: ['left'], command: 'choosePrevious', help: 'value before', in: ['form'] },
  { keys: ['escape'], command: 'cancelText', help: 'as it was before', in: TEXT, hint: ['cancel', 2] },
  { keys: ['backspace'], command: 'eraseCharacter', help: 'erase a character', in: TEXT },
  { keys: ['delete', 'ctrl-d'], command: 'eraseNext', help: 'erase the next', in: TEXT },
  { keys: ['ctrl-w'], command: 'eraseWord', help: 'erase a word', in: TEXT },
  { keys: ['ctrl-u'], command: 'eraseText', help: 'erase to the start', in: TEXT },
  { keys: ['ctrl-k'], command: 'eraseRest', help: 'erase to the end', in: TEXT },
  { keys: ['left'], command: 'caretLeft', help: 'left', in: ['typing', 'palette'] },
  { keys: ['right'], command: 'caretRight', help: 'right', in: ['typing', 'palette'] },
  { keys: ['home', 'ctrl-a'], command: 'caretStart', help: 'to the start', in: TEXT },
  { keys: ['end', 'ctrl-e'], command: 'caretEnd', help: 'to the end', in: TEXT },
]);

/** Every key, where it works and what it does. Lookup, footer, help and command line derive from this table. */
export const KEYMAP = [
  ...LISTING,
  ...OPERATING,
  ...READING,
  ...MOVING,
  ...EVERYWHERE,
  ...SORTING,
  ...ANSWERING,
  ...TYPING,
];

/** `type` is any key in a text field that is bound to nothing else. */
export type CommandName = (typeof KEYMAP)[number]['command'] | 'type';
