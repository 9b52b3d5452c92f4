/** What has the keyboard focus. */
export type KeyContext =
  | 'list'
  | 'anomalies'
  | 'zombies'
  | 'events'
  | 'program'
  /** The log of several programs. */
  | 'joint'
  /** The output of the selected program, below the table. */
  | 'tail'
  | 'typing'
  | 'palette'
  | 'form'
  | 'sort'
  | 'hold'
  | 'signal'
  | 'confirm'
  | 'help';

/** The heading that a key is listed under in help. */
export type KeyGroup = 'List' | 'Program' | 'Log' | 'Charts' | 'Move' | 'View' | 'Dialog';

interface Binding<Command extends string> {
  readonly keys: readonly string[];
  readonly command: Command;
  readonly help: string;
  readonly in: readonly KeyContext[];
  /** Shown in the footer, in the order of priority; what does not fit is left out. */
  readonly hint?: readonly [label: string, priority: number];
}

const RECORDS = ['anomalies', 'zombies', 'events'] as const;
const LISTS = ['list', ...RECORDS] as const;
const LOGS = ['program', 'joint', 'tail'] as const;
const VIEWS = [...LISTS, ...LOGS] as const;
/** Where the digits show tabs. */
const TABBED = [...LISTS, 'program', 'tail'] as const;
const PROGRAMS = ['list', ...LOGS] as const;
const ONE_PROGRAM = ['list', 'program', 'tail'] as const;
/** Where no charts are shown. */
const UNCHARTED = [...LISTS, 'joint', 'tail'] as const;
const TEXT = ['typing', 'palette', 'form'] as const;
const ASKING = ['sort', 'hold', 'signal', 'confirm', 'help'] as const;
const ALL = [...VIEWS, ...TEXT, ...ASKING] as const;

/** Checks the type of a table while the names of its commands are inferred. */
function bindings<const Command extends string>(table: readonly Binding<Command>[]): readonly Binding<Command>[] {
  return table;
}

/** Puts the keys of a table under a heading. */
function under<Command extends string>(
  group: KeyGroup,
  table: readonly Binding<Command>[],
): readonly (Binding<Command> & { readonly group: KeyGroup })[] {
  return table.map((binding) => ({ ...binding, group }));
}

const EVERYWHERE = bindings([
  { keys: ['q'], command: 'quit', help: 'quit; programs stay up', in: VIEWS, hint: ['quit', 1] },
  { keys: ['?'], command: 'help', help: 'show this help', in: VIEWS, hint: ['help', 2] },
  { keys: [':'], command: 'palette', help: 'open the command line', in: VIEWS, hint: ['command', 16] },
  { keys: ['tab'], command: 'nextPane', help: 'go to next pane or tab', in: VIEWS },
  { keys: [']'], command: 'nextTab', help: 'go to the next tab', in: VIEWS },
  { keys: ['[', 'shift-tab'], command: 'previousTab', help: 'go to the previous tab', in: VIEWS },
  { keys: ['1'], command: 'showProcesses', help: 'show the programs', in: TABBED },
  { keys: ['2'], command: 'showAnomalies', help: 'show anomalies', in: TABBED },
  { keys: ['3'], command: 'showZombies', help: 'show zombies', in: TABBED },
  { keys: ['4'], command: 'showCooldown', help: 'show cooldowns', in: TABBED },
  { keys: ['5'], command: 'showEvents', help: 'show the healing log', in: TABBED },
  { keys: ['6'], command: 'showFleet', help: 'show hosts of the fleet', in: TABBED },
  { keys: ['escape'], command: 'back', help: 'go back; clear filter', in: VIEWS },
  { keys: ['y'], command: 'copy', help: 'copy the line or the id', in: VIEWS },
  { keys: ['m'], command: 'mouse', help: 'turn mouse on or off', in: VIEWS },
  { keys: ['+', '='], command: 'faster', help: 'refresh more often', in: UNCHARTED },
  { keys: ['-'], command: 'slower', help: 'refresh less often', in: UNCHARTED },
  { keys: ['u'], command: 'startEngine', help: 'start the engine', in: VIEWS },
  { keys: ['ctrl-l'], command: 'repaint', help: 'redraw the screen', in: ALL },
  { keys: ['ctrl-z'], command: 'suspend', help: 'suspend; fg resumes', in: ALL },
  { keys: ['ctrl-c'], command: 'interrupt', help: 'quit immediately', in: ALL },
]);

const MOVING = bindings([
  { keys: ['down', 'j'], command: 'down', help: 'move down', in: VIEWS },
  { keys: ['up', 'k'], command: 'up', help: 'move up', in: VIEWS },
  { keys: ['wheeldown'], command: 'wheelDown', help: 'scroll three lines down', in: VIEWS },
  { keys: ['wheelup'], command: 'wheelUp', help: 'scroll three lines up', in: VIEWS },
  { keys: ['pagedown', 'ctrl-f'], command: 'pageDown', help: 'move one page down', in: VIEWS },
  { keys: ['pageup', 'ctrl-b'], command: 'pageUp', help: 'move one page up', in: VIEWS },
  { keys: ['ctrl-d'], command: 'halfPageDown', help: 'move half a page down', in: VIEWS },
  { keys: ['ctrl-u'], command: 'halfPageUp', help: 'move half a page up', in: VIEWS },
  { keys: ['g', 'home'], command: 'top', help: 'go to the start', in: VIEWS },
  { keys: ['G', 'end'], command: 'bottom', help: 'go to the end', in: VIEWS },
]);

const LISTING = bindings([
  { keys: ['enter', 'l'], command: 'open', help: 'open details and log', in: [...LISTS, 'tail'], hint: ['open', 7] },
  { keys: ['/'], command: 'filter', help: 'filter the list', in: LISTS, hint: ['filter', 5] },
  { keys: ['o'], command: 'sort', help: 'choose what to sort by', in: ['list'], hint: ['sort', 9] },
  { keys: ['<'], command: 'sortLeft', help: 'sort by previous column', in: ['list'] },
  { keys: ['>'], command: 'sortRight', help: 'sort by next column', in: ['list'] },
  { keys: ['!'], command: 'unhealthyOnly', help: 'show only unhealthy', in: ['list'], hint: ['unhealthy', 13] },
  { keys: ['space'], command: 'mark', help: 'mark and move down', in: ['list'], hint: ['mark', 11] },
  { keys: ['ctrl-up'], command: 'growLog', help: 'make the log larger', in: ['list', 'program', 'tail'] },
  { keys: ['ctrl-down'], command: 'shrinkLog', help: 'make the log smaller', in: ['list', 'program', 'tail'] },
  { keys: ['|'], command: 'placeLog', help: 'log beside or below', in: ['list', 'program', 'tail'] },
  { keys: ['*'], command: 'invertMarks', help: 'invert the marks', in: ['list'] },
  { keys: ['v'], command: 'wide', help: 'show reason and source', in: ['list'] },
  { keys: ['f'], command: 'followEvents', help: 'follow new events', in: ['events'], hint: ['follow', 6] },
  { keys: ['o'], command: 'eventOrder', help: 'newest first or last', in: ['events'], hint: ['newest first', 10] },
  { keys: ['right'], command: 'openFamily', help: 'unfold; show processes', in: ['list'] },
  { keys: ['left'], command: 'foldFamily', help: 'fold the rows', in: ['list'] },
  { keys: ['f'], command: 'fold', help: 'fold instances or groups', in: ['list'], hint: ['fold', 19] },
  { keys: ['space'], command: 'toggleStory', help: 'unfold or fold a story', in: ['events'], hint: ['unfold', 8] },
  { keys: ['right'], command: 'openStory', help: 'unfold the story', in: ['events'] },
  { keys: ['left'], command: 'foldStory', help: 'fold the story', in: ['events'] },
  { keys: ['v'], command: 'toggleFolding', help: 'stories or all events', in: ['events'], hint: ['stories', 9] },
  { keys: ['c'], command: 'cleanZombies', help: 'clean up (asks first)', in: ['zombies'], hint: ['clean up', 4] },
  { keys: ['r'], command: 'rescan', help: 'refresh the list', in: ['zombies', 'anomalies'], hint: ['refresh', 6] },
]);

const OPERATING = bindings([
  { keys: ['r'], command: 'restart', help: 'restart (asks first)', in: PROGRAMS, hint: ['restart', 3] },
  { keys: ['R'], command: 'rolling', help: 'restart one by one', in: PROGRAMS },
  { keys: ['x'], command: 'stop', help: 'stop (asks first)', in: PROGRAMS, hint: ['stop', 4] },
  { keys: ['X', 'K'], command: 'kill', help: 'force kill (asks first)', in: PROGRAMS, hint: ['kill', 8] },
  { keys: ['ctrl-k', 'f9'], command: 'signal', help: 'send a signal (asks)', in: ONE_PROGRAM, hint: ['signal', 19] },
  { keys: ['s', 'S'], command: 'start', help: 'start', in: PROGRAMS, hint: ['start', 6] },
  { keys: ['p'], command: 'pauseOrResume', help: 'pause (asks) or resume', in: PROGRAMS, hint: ['pause', 10] },
  { keys: ['c'], command: 'endCooldown', help: 'reset the cooldown', in: PROGRAMS, hint: ['reset cooldown', 12] },
  { keys: ['h'], command: 'holdOrRelease', help: 'pause or resume healing', in: PROGRAMS, hint: ['pause healing', 15] },
  { keys: ['e'], command: 'editProgram', help: 'edit the definition', in: ONE_PROGRAM, hint: ['edit', 8] },
  { keys: ['a'], command: 'addProgram', help: 'add a program', in: ['list'], hint: ['add', 14] },
  { keys: ['d'], command: 'remove', help: 'remove (asks first)', in: PROGRAMS, hint: ['remove', 17] },
  { keys: ['t'], command: 'tree', help: 'show the process tree', in: ONE_PROGRAM, hint: ['tree', 13] },
  { keys: ['i'], command: 'incidents', help: 'show healing history', in: ONE_PROGRAM, hint: ['history', 14] },
  { keys: ['E'], command: 'page', help: 'open the log in $PAGER', in: ONE_PROGRAM, hint: ['pager', 18] },
  { keys: ['z'], command: 'zoom', help: 'zoom the table or log', in: PROGRAMS, hint: ['zoom', 12] },
]);

const READING = bindings([
  { keys: ['f'], command: 'follow', help: 'log: follow new output', in: LOGS, hint: ['follow', 7] },
  { keys: ['w'], command: 'wrap', help: 'log: wrap long lines', in: LOGS, hint: ['wrap', 9] },
  { keys: ['T'], command: 'times', help: 'log: change timestamps', in: LOGS, hint: ['times', 16] },
  { keys: ['L'], command: 'stream', help: 'log: choose a stream', in: LOGS, hint: ['stream', 15] },
  { keys: ['v'], command: 'level', help: 'log: choose a level', in: LOGS, hint: ['level', 14] },
  { keys: ['J'], command: 'fields', help: 'log: JSON by fields', in: LOGS, hint: ['JSON fields', 17] },
  { keys: ['/'], command: 'search', help: 'log: search', in: LOGS, hint: ['search', 5] },
  { keys: ['&'], command: 'matchesOnly', help: 'log: show only matches', in: LOGS },
  { keys: ['n'], command: 'nextMatch', help: 'log: find next', in: LOGS },
  { keys: ['N'], command: 'previousMatch', help: 'log: find previous', in: LOGS },
  { keys: ['@'], command: 'goTo', help: 'log: go to time or line', in: LOGS, hint: ['go to', 18] },
  { keys: ['b'], command: 'bookmark', help: 'log: set a bookmark', in: LOGS, hint: ['bookmark', 19] },
  { keys: ["'"], command: 'nextBookmark', help: 'log: next bookmark', in: LOGS },
  { keys: ['"'], command: 'previousBookmark', help: 'log: previous bookmark', in: LOGS },
  { keys: ['right'], command: 'scrollRight', help: 'log: scroll right', in: LOGS },
  { keys: ['left'], command: 'scrollLeft', help: 'log: scroll left', in: LOGS },
]);

const CHARTING = bindings([
  { keys: ['H'], command: 'span', help: 'charts: change period', in: ['program'], hint: ['15m/24h', 11] },
  { keys: ['+', '='], command: 'chartsIn', help: 'charts: zoom in', in: ['program'] },
  { keys: ['-'], command: 'chartsOut', help: 'charts: zoom out', in: ['program'] },
  { keys: ['<'], command: 'chartsBack', help: 'charts: earlier', in: ['program'] },
  { keys: ['>'], command: 'chartsForward', help: 'charts: later', in: ['program'] },
]);

const MUTING = bindings([
  {
    keys: ['1', '2', '3', '4', '5', '6', '7', '8'],
    command: 'mute',
    help: 'log: mute or show one',
    in: ['joint'],
    hint: ['mute', 6],
  },
  { keys: ['0'], command: 'unmute', help: 'log: show all again', in: ['joint'] },
]);

const SORTING = bindings([
  { keys: ['c'], command: 'sortByCpu', help: 'sort by CPU', in: ['sort'], hint: ['CPU', 1] },
  { keys: ['m'], command: 'sortByMemory', help: 'sort by memory', in: ['sort'], hint: ['memory', 2] },
  { keys: ['n'], command: 'sortByName', help: 'sort by name', in: ['sort'], hint: ['name', 3] },
  { keys: ['u'], command: 'sortByUptime', help: 'sort by uptime', in: ['sort'], hint: ['uptime', 4] },
  { keys: ['s'], command: 'sortByStatus', help: 'sort by status', in: ['sort'], hint: ['status', 5] },
  { keys: ['r'], command: 'sortByRestarts', help: 'sort by restarts', in: ['sort'], hint: ['restarts', 6] },
  { keys: ['p'], command: 'sortByPid', help: 'sort by PID', in: ['sort'], hint: ['pid', 7] },
  { keys: ['l'], command: 'sortByLimits', help: 'sort by limits', in: ['sort'], hint: ['limits', 8] },
  { keys: ['t'], command: 'sortByTree', help: 'sort by processes', in: ['sort'], hint: ['processes', 9] },
  { keys: ['w'], command: 'sortByWhy', help: 'sort by reason', in: ['sort'], hint: ['reason', 10] },
  { keys: ['f'], command: 'sortBySource', help: 'sort by source', in: ['sort'], hint: ['source', 11] },
  {
    keys: ['!'],
    command: 'sortByAttention',
    help: 'put problems first',
    in: ['sort'],
    hint: ['problems first', 1],
  },
  { keys: ['o'], command: 'sortAsListed', help: "use the engine's order", in: ['sort'], hint: ['as listed', 0] },
]);

const ANSWERING = bindings([
  { keys: ['y', 'Y'], command: 'confirm', help: 'confirm', in: ['confirm'], hint: ['yes', 1] },
  { keys: ['n', 'N', 'escape', 'q', 'enter'], command: 'decline', help: 'cancel', in: ['confirm'], hint: ['no', 2] },
  {
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    command: 'pickSignal',
    help: 'choose the signal',
    in: ['signal'],
    hint: ['choose the signal', 1],
  },
  { keys: ['1'], command: 'holdHalfHour', help: 'pause for 30 minutes', in: ['hold'], hint: ['30 min', 1] },
  { keys: ['2'], command: 'holdTwoHours', help: 'pause for 2 hours', in: ['hold'], hint: ['2 hours', 2] },
  { keys: ['3'], command: 'holdDay', help: 'pause for 1 day', in: ['hold'], hint: ['1 day', 3] },
  { keys: ['0', 'enter'], command: 'holdOpen', help: 'pause until resumed', in: ['hold'], hint: ['until resumed', 4] },
  { keys: ['escape', 'q'], command: 'back', help: 'cancel', in: ['sort', 'hold', 'signal'], hint: ['cancel', 20] },
  { keys: ['escape', 'q', '?', 'enter'], command: 'back', help: 'close', in: ['help'], hint: ['close', 1] },
  {
    keys: ['j', 'down', 'pagedown', 'space', 'wheeldown'],
    command: 'down',
    help: 'show the next page',
    in: ['help'],
    hint: ['next page', 2],
  },
  { keys: ['/'], command: 'searchHelp', help: 'search the keys', in: ['help'], hint: ['search', 4] },
  {
    keys: ['k', 'up', 'pageup', 'wheelup'],
    command: 'up',
    help: 'show the previous page',
    in: ['help'],
    hint: ['previous page', 3],
  },
]);

const TYPING = bindings([
  { keys: ['enter'], command: 'acceptText', help: 'apply', in: ['typing'], hint: ['apply', 1] },
  { keys: ['enter'], command: 'runPalette', help: 'run the command', in: ['palette'], hint: ['run', 1] },
  { keys: ['tab'], command: 'completePalette', help: 'complete the word', in: ['palette'], hint: ['complete', 2] },
  {
    keys: ['down', 'ctrl-n'],
    command: 'nextCompletion',
    help: 'select the next match',
    in: ['palette'],
    hint: ['select', 3],
  },
  {
    keys: ['up', 'ctrl-p', 'shift-tab'],
    command: 'previousCompletion',
    help: 'select previous match',
    in: ['palette'],
  },
  { keys: ['enter'], command: 'submitForm', help: 'apply', in: ['form'], hint: ['apply', 1] },
  { keys: ['tab', 'down'], command: 'nextField', help: 'go to the next field', in: ['form'], hint: ['next field', 3] },
  { keys: ['shift-tab', 'up'], command: 'previousField', help: 'go to previous field', in: ['form'] },
  { keys: ['right'], command: 'chooseNext', help: 'select the next value', in: ['form'], hint: ['next value', 4] },
  { keys: ['left'], command: 'choosePrevious', help: 'select previous value', in: ['form'] },
  { keys: ['ctrl-y'], command: 'acceptSuggestion', help: 'type the suggestion', in: ['form'] },
  { keys: ['escape'], command: 'cancelText', help: 'cancel', in: TEXT, hint: ['cancel', 2] },
  { keys: ['backspace'], command: 'eraseCharacter', help: 'delete backward', in: TEXT },
  { keys: ['delete', 'ctrl-d'], command: 'eraseNext', help: 'delete forward', in: TEXT },
  { keys: ['ctrl-w'], command: 'eraseWord', help: 'delete previous word', in: TEXT },
  { keys: ['ctrl-u'], command: 'eraseText', help: 'delete to the start', in: TEXT },
  { keys: ['ctrl-k'], command: 'eraseRest', help: 'delete to the end', in: TEXT },
  { keys: ['left'], command: 'caretLeft', help: 'move left', in: ['typing', 'palette'] },
  { keys: ['right'], command: 'caretRight', help: 'move right', in: ['typing', 'palette'] },
  { keys: ['home', 'ctrl-a'], command: 'caretStart', help: 'go to the start', in: TEXT },
  { keys: ['end', 'ctrl-e'], command: 'caretEnd', help: 'go to the end', in: TEXT },
]);

/** All keys, where they work and what they do. Lookup, footer, help and documentation derive from this table. */
export const KEYMAP = [
  ...under('List', LISTING),
  ...under('Program', OPERATING),
  ...under('Log', READING),
  ...under('Charts', CHARTING),
  ...under('Log', MUTING),
  ...under('Move', MOVING),
  ...under('View', EVERYWHERE),
  ...under('Dialog', [...SORTING, ...ANSWERING, ...TYPING]),
];

/** The name of a command. `type` stands for any key in a text field that is not bound to another command. */
export type CommandName = (typeof KEYMAP)[number]['command'] | 'type';
