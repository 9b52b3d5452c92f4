import { parseDuration } from '../../base/duration.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import type { CommandName } from '../keys/key-bindings.ts';
import type { UiOperation } from '../state/ui-operations.ts';
import { recordTabOf, selectTargets, targetOf } from '../store/selectors.ts';
import { nextSort, SORT_KEYS } from '../state/sort.ts';
import type { State, Target } from '../state/state.ts';
import { COLUMN_NAMES } from '../layout/columns.ts';
import { TABS } from '../layout/tabs.ts';
import { THEME_NAMES } from '../style/theme.ts';
import { goTo } from './jump-commands.ts';
import { operate } from './operate-commands.ts';
import { refuse } from './refuse.ts';
import { become, type Response } from './response.ts';
import { openProgram, RATES_MS, showTab, withRate } from './view-commands.ts';

/** What can follow the name of a command. */
export type PaletteWords = 'none' | 'programs' | 'column' | 'columns' | 'theme' | 'tab' | 'seconds' | 'text';

/** A command of the command line. It runs a function or the command of a key. */
export interface PaletteCommand {
  readonly name: string;
  readonly words: PaletteWords;
  readonly help: string;
  readonly run: CommandName | ((state: State, words: readonly string[]) => Response);
}

function operation(name: string, what: UiOperation, help: string): PaletteCommand {
  return { name, words: 'programs', help, run: (state, words) => operateOn(state, what, words) };
}

/** All commands that can be typed after the colon. */
export const PALETTE: readonly PaletteCommand[] = [
  operation('start', 'start', 'start programs'),
  operation('stop', 'stop', 'stop programs'),
  operation('restart', 'restart', 'restart programs'),
  operation('rolling', 'rolling', 'restart programs one by one'),
  operation('kill', 'kill', 'force kill programs'),
  operation('reload', 'reload', 'send programs their reload signal'),
  operation('pause', 'pause', 'pause programs'),
  operation('resume', 'resume', 'resume paused programs'),
  operation('enable', 'enable', 'enable disabled programs'),
  operation('disable', 'disable', 'stop programs until they are enabled'),
  { name: 'hold', words: 'programs', help: 'pause healing, such as :hold api 30m', run: holdProgram },
  operation('release', 'release', 'resume healing of programs'),
  operation('cooldown', 'cooldownReset', 'reset the cooldown of programs'),
  operation('remove', 'remove', 'stop programs and delete their definitions'),
  { name: 'add', words: 'none', help: 'add a program', run: 'addProgram' },
  { name: 'edit', words: 'programs', help: 'edit a program', run: (state, words) => openThen(state, words, false) },
  {
    name: 'logs',
    words: 'programs',
    help: 'show the output of programs',
    run: (state, words) => openThen(state, words, true),
  },
  {
    name: 'goto',
    words: 'text',
    help: 'go to a time or a line of the log',
    run: (state, words) => goTo(state, words.join(' ')),
  },
  { name: 'view', words: 'tab', help: 'go to a tab', run: goToTab },
  { name: 'sort', words: 'column', help: 'sort by a column', run: sortColumn },
  { name: 'filter', words: 'text', help: 'filter the list', run: (state, words) => become(filtered(state, words)) },
  { name: 'rate', words: 'seconds', help: 'set the refresh interval of the table', run: changeRate },
  { name: 'incidents', words: 'none', help: 'show the healing history of the program', run: 'incidents' },
  { name: 'clean', words: 'none', help: 'ask the parents of zombies to reap them', run: 'cleanZombies' },
  { name: 'tree', words: 'none', help: 'show the processes of the program', run: 'tree' },
  { name: 'wide', words: 'none', help: 'show reasons and sources before trends', run: 'wide' },
  { name: 'columns', words: 'columns', help: 'choose the columns of the table, or all', run: chooseColumns },
  { name: 'theme', words: 'theme', help: 'choose the colors of the screen', run: chooseTheme },
  { name: 'ascii', words: 'none', help: 'draw with ASCII characters, or with symbols', run: toggleAscii },
  { name: 'zoom', words: 'none', help: 'show only the table or only the log', run: 'zoom' },
  { name: 'mouse', words: 'none', help: 'turn the mouse on or off', run: 'mouse' },
  { name: 'pager', words: 'none', help: 'open the log in $PAGER', run: 'page' },
  { name: 'unhealthy', words: 'none', help: 'show only unhealthy programs', run: 'unhealthyOnly' },
  { name: 'start-engine', words: 'none', help: 'start the engine', run: 'startEngine' },
  { name: 'help', words: 'none', help: 'show the keys', run: 'help' },
  { name: 'quit', words: 'none', help: 'quit; programs stay up', run: 'quit' },
];

/** What the table can be sorted by: `problems` puts the programs that need attention first. */
const SORT_CHOICES = [...SORT_KEYS, 'listed', 'problems'] as const;

/** The word for all programs, and for all columns. */
export const EVERYTHING = 'all';

/** The possible words of each kind. */
export const WORD_CHOICES: Readonly<Record<PaletteWords, (state: State) => readonly string[]>> = {
  none: () => [],
  programs: ({ rows }) => [...rows.map(({ id }) => id), EVERYTHING],
  column: () => SORT_CHOICES,
  columns: () => [...COLUMN_WORDS, EVERYTHING],
  theme: () => THEME_NAMES,
  tab: () => TABS.map(({ tab }) => tab),
  seconds: () => RATES_MS.map((rate) => String(rate / 1000)),
  text: () => [],
};

type Named =
  | { readonly kind: 'targets'; readonly targets: readonly Target[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Without words, returns the marked programs or the selected one. `all` stands for all programs. */
function programsNamed(state: State, words: readonly string[]): Named {
  if (words.length === 0) return { kind: 'targets', targets: selectTargets(state) };
  if (words.length === 1 && words[0] === EVERYTHING) return { kind: 'targets', targets: state.rows.map(targetOf) };
  const ids = state.rows.map(({ id }) => id);
  const unknown = words.find((word) => !ids.includes(word));
  if (unknown === undefined) {
    return { kind: 'targets', targets: state.rows.filter(({ id }) => words.includes(id)).map(targetOf) };
  }
  const nearest = nearestWord(unknown, ids);
  const step = nearest === null ? '' : `; did you mean "${nearest}"?`;
  return { kind: 'unknown', reason: `unknown program "${unknown}"${step}` };
}

function operateOn(state: State, what: UiOperation, words: readonly string[], forMs?: number): Response {
  const named = programsNamed(state, words);
  if (named.kind === 'unknown') return refuse(state, named.reason);
  return operate(state, what, named.targets, forMs === undefined ? {} : { forMs });
}

function holdProgram(state: State, words: readonly string[]): Response {
  const last = words.at(-1) ?? '';
  const isProgram = state.rows.some(({ id }) => id === last);
  const forMs = isProgram ? null : parseDuration(last);
  return forMs === null ? operateOn(state, 'hold', words) : operateOn(state, 'hold', words.slice(0, -1), forMs);
}

function openThen(state: State, words: readonly string[], isLog: boolean): Response {
  const named = programsNamed(state, words);
  if (named.kind === 'unknown') return refuse(state, named.reason);
  const ids = named.targets.map(({ id }) => id);
  const [first] = ids;
  if (first === undefined) return refuse(state, 'no program is selected');
  if (isLog) return become(openProgram(state, first, ids));
  return { state, effects: [{ kind: 'readDefinition', id: first }] };
}

function goToTab(state: State, [name = '']: readonly string[]): Response {
  const found = TABS.find(({ tab, title }) => tab === name || title.toLowerCase().startsWith(name.toLowerCase()));
  if (found === undefined)
    return refuse(state, `unknown tab "${name}"; use one of ${TABS.map(({ tab }) => tab).join(', ')}`);
  return showTab(found.tab)(state, '');
}

function sortColumn(state: State, [name = '']: readonly string[]): Response {
  const by = SORT_CHOICES.find((key) => key.startsWith(name));
  if (by === undefined || name === '')
    return refuse(state, `unknown column "${name}"; use one of ${SORT_CHOICES.join(', ')}`);
  const sort = by === 'problems' ? null : nextSort(state.list.sort, by);
  return become({ ...state, list: { ...state.list, sort } });
}

/** The names of columns without blanks, as they can be typed. */
const COLUMN_WORDS = COLUMN_NAMES.map((name) => name.replaceAll(' ', '-'));

function chooseColumns(state: State, words: readonly string[]): Response {
  const unknown = words.find((word) => word !== EVERYTHING && !COLUMN_WORDS.includes(word));
  if (unknown !== undefined || words.length === 0)
    return refuse(state, `unknown column "${unknown ?? ''}"; use ${COLUMN_WORDS.join(', ')}, or all`);
  const columns = words.includes(EVERYTHING)
    ? null
    : words.map((word) => COLUMN_NAMES[COLUMN_WORDS.indexOf(word)] ?? word);
  return become({ ...state, list: { ...state.list, columns } });
}

function chooseTheme(state: State, [name = '']: readonly string[]): Response {
  const theme = THEME_NAMES.find((each) => each === name);
  if (theme === undefined) return refuse(state, `unknown theme "${name}"; use one of ${THEME_NAMES.join(', ')}`);
  return become({ ...state, look: { ...state.look, theme } });
}

function toggleAscii(state: State): Response {
  const isAscii = !(state.look.isAscii || state.hasWideSymbols);
  return become({ ...state, hasWideSymbols: false, look: { ...state.look, isAscii } });
}

function filtered(state: State, words: readonly string[]): State {
  const filter = words.join(' ');
  const tab = recordTabOf(state.view);
  if (tab === null) return { ...state, list: { ...state.list, filter } };
  return { ...state, records: { ...state.records, [tab]: { ...state.records[tab], filter } } };
}

function changeRate(state: State, [seconds = '']: readonly string[]): Response {
  const rateMs = Number(seconds) * 1000;
  const isPossible = rateMs >= RATES_MS[0] && rateMs <= 60_000;
  return isPossible ? become(withRate(state, rateMs)) : refuse(state, 'the rate must be from 0.25 to 60 seconds');
}
