import { parseDuration } from '../../base/duration.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import type { CommandName } from '../keys/key-bindings.ts';
import type { Operation } from '../state/operations.ts';
import { recordTabOf, selectTargets, targetOf } from '../store/selectors.ts';
import { nextSort, SORT_KEYS } from '../state/sort.ts';
import type { State, Target } from '../state/state.ts';
import { TABS } from '../layout/tabs.ts';
import { operate } from './operate-commands.ts';
import { refuse } from './refuse.ts';
import { become, type Response } from './response.ts';
import { openProgram, RATES_MS, showTab, withRate } from './view-commands.ts';

/** What can follow a command's name. */
export type PaletteWords = 'none' | 'programs' | 'column' | 'tab' | 'seconds' | 'text';

/** A command of the command line: it does something itself, or what a key does. */
export interface PaletteCommand {
  readonly name: string;
  readonly words: PaletteWords;
  readonly help: string;
  readonly run: CommandName | ((state: State, words: readonly string[]) => Response);
}

function operation(name: string, what: Operation, help: string): PaletteCommand {
  return { name, words: 'programs', help, run: (state, words) => operateOn(state, what, words) };
}

/** Everything that can be typed behind the colon. */
export const PALETTE: readonly PaletteCommand[] = [
  operation('start', 'start', 'start programs'),
  operation('stop', 'stop', 'stop programs'),
  operation('restart', 'restart', 'restart programs'),
  operation('rolling', 'rolling', 'restart one after the other'),
  operation('kill', 'kill', 'kill programs with SIGKILL'),
  operation('reload', 'reload', 'send programs their reload signal'),
  operation('pause', 'pause', 'freeze programs'),
  operation('resume', 'resume', 'let paused programs go on'),
  operation('enable', 'enable', 'allow programs to be started'),
  operation('disable', 'disable', 'stop programs and forbid starting them'),
  { name: 'hold', words: 'programs', help: 'hold healing, e.g. hold api 30m', run: holdProgram },
  operation('release', 'release', 'heal programs again'),
  operation('cooldown', 'cooldownReset', 'end the cooldown of programs'),
  operation('remove', 'remove', 'stop programs and forget them'),
  { name: 'add', words: 'none', help: 'add a program', run: 'addProgram' },
  { name: 'edit', words: 'programs', help: 'edit a program', run: (state, words) => openThen(state, words, false) },
  {
    name: 'logs',
    words: 'programs',
    help: 'the output of programs',
    run: (state, words) => openThen(state, words, true),
  },
  { name: 'view', words: 'tab', help: 'go to a tab', run: goToTab },
  { name: 'sort', words: 'column', help: 'sort by a column', run: sortColumn },
  { name: 'filter', words: 'text', help: 'narrow the list', run: (state, words) => become(filtered(state, words)) },
  { name: 'rate', words: 'seconds', help: 'how often the table is refreshed', run: changeRate },
  { name: 'incidents', words: 'none', help: 'what healing did about the program', run: 'incidents' },
  { name: 'clean', words: 'none', help: 'have zombies reaped', run: 'cleanZombies' },
  { name: 'tree', words: 'none', help: 'the processes of the program', run: 'tree' },
  { name: 'wide', words: 'none', help: 'reasons and sources before trends', run: 'wide' },
  { name: 'zoom', words: 'none', help: 'only the table, only the log', run: 'zoom' },
  { name: 'mouse', words: 'none', help: 'mouse on or off', run: 'mouse' },
  { name: 'pager', words: 'none', help: 'the log in $PAGER', run: 'page' },
  { name: 'unhealthy', words: 'none', help: 'unhealthy ones only', run: 'unhealthyOnly' },
  { name: 'start-engine', words: 'none', help: 'start the engine', run: 'startEngine' },
  { name: 'help', words: 'none', help: 'the keys', run: 'help' },
  { name: 'quit', words: 'none', help: 'quit; programs stay up', run: 'quit' },
];

/** Stands for every program. */
const ALL = 'all';

/** What can be written for each kind of word. */
export const WORD_CHOICES: Readonly<Record<PaletteWords, (state: State) => readonly string[]>> = {
  none: () => [],
  programs: ({ rows }) => [...rows.map(({ id }) => id), ALL],
  column: () => SORT_KEYS,
  tab: () => TABS.map(({ tab }) => tab),
  seconds: () => RATES_MS.map((rate) => String(rate / 1000)),
  text: () => [],
};

type Named =
  | { readonly kind: 'targets'; readonly targets: readonly Target[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Without words it is what is marked or selected; `all` is every program. */
function programsNamed(state: State, words: readonly string[]): Named {
  if (words.length === 0) return { kind: 'targets', targets: selectTargets(state) };
  if (words.length === 1 && words[0] === ALL) return { kind: 'targets', targets: state.rows.map(targetOf) };
  const ids = state.rows.map(({ id }) => id);
  const unknown = words.find((word) => !ids.includes(word));
  if (unknown === undefined) {
    return { kind: 'targets', targets: state.rows.filter(({ id }) => words.includes(id)).map(targetOf) };
  }
  const nearest = nearestWord(unknown, ids);
  const step = nearest === null ? '' : `: did you mean "${nearest}"?`;
  return { kind: 'unknown', reason: `no program is called "${unknown}"${step}` };
}

function operateOn(state: State, what: Operation, words: readonly string[], forMs?: number): Response {
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
  if (found === undefined) return refuse(state, `no tab is called "${name}"`);
  return showTab(found.tab)(state, '');
}

function sortColumn(state: State, [name = '']: readonly string[]): Response {
  const by = SORT_KEYS.find((key) => key.startsWith(name));
  if (by === undefined || name === '') return refuse(state, `sort by one of ${SORT_KEYS.join(', ')}`);
  return become({ ...state, list: { ...state.list, sort: nextSort(state.list.sort, by) } });
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
  return isPossible ? become(withRate(state, rateMs)) : refuse(state, 'rate takes seconds, from 0.25 to 60');
}
