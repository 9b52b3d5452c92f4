import { TUI_LIMITS } from '../style/limits.ts';
import { messageLines } from './message-lines.ts';
import { memoizeLast } from '../state/memoize-last.ts';
import type { Overlay, Question, State, View } from '../state/state.ts';
import type { HotRegion } from '../terminal/hot-lines.ts';

/** How many lines each part of the screen has. All parts are as wide as the terminal. */
export interface Layout {
  readonly banner: number;
  /** A line of air between the header and the tabs. */
  readonly gap: number;
  /** Lines of the static table of facts on a program's screen. */
  readonly facts: number;
  /** Lines of help. */
  readonly help: number;
  readonly hot: Readonly<Record<HotRegion, number>>;
}

/** From this height on the selected program's output is shown below the table. */
const TAIL_FROM_ROWS = 30;
/** Border, heading, rule, values, border. */
const FACTS_LINES = 5;
const DETAIL_LINES = 4;
const TABS_AND_FOOTER = 2;
/** Rule, question, answers. */
const DIALOG_LINES = 3;
const MOST_NAME_LINES = 4;
const MOST_COMPLETIONS = 8;

const computeLayout = memoizeLast(
  (
    rows: number,
    view: View,
    overlay: Overlay,
    hasBanner: boolean,
    isZoomed: boolean,
    columns: number,
    message: number,
  ): Layout => {
    const header = headerLines(rows);
    const gap = rows >= 40 ? 1 : 0;
    const banner = hasBanner ? 1 : 0;
    const room = Math.max(0, rows - header - gap - banner - message - TABS_AND_FOOTER);
    const dialog = Math.min(room, dialogLines(overlay, columns, room));
    const { facts = 0, help = 0, ...hot } = bodyLines(view, overlay, room - dialog, rows, isZoomed);
    return { banner, gap, facts, help, hot: { ...NOTHING, header, dialog, ...hot } };
  },
);

/** The same object as long as nothing that decides about the layout has changed. */
export function layoutOf(state: State): Layout {
  const { size, view, overlay, connection, status, isZoomed } = state;
  const hasBanner = connection.kind === 'down' && status !== null;
  return computeLayout(size.rows, view, overlay, hasBanner, isZoomed, size.columns, messageLines(state).length);
}

/** The terminal is too small to show anything but that. */
export function isTooSmall({ size }: State): boolean {
  return size.columns < TUI_LIMITS.smallestColumns || size.rows < TUI_LIMITS.smallestRows;
}

/** What stands on a row of the screen, of what can be clicked on; rows count from 0. */
export function regionAt(
  { hot, gap, banner }: Layout,
  row: number,
): { readonly region: HotRegion | 'tabs'; readonly line: number } | null {
  const tabs = hot.header + gap + banner;
  if (row === tabs) return { region: 'tabs', line: 0 };
  const line = row - tabs - 1;
  const regions = ['table', 'cooldowns', 'records'] as const;
  const region = regions.find((name) => hot[name] > 0);
  return region !== undefined && line >= 0 && line < hot[region] ? { region, line } : null;
}

const NOTHING: Readonly<Record<HotRegion, number>> = {
  header: 0,
  table: 0,
  tail: 0,
  title: 0,
  details: 0,
  charts: 0,
  log: 0,
  cooldowns: 0,
  records: 0,
  form: 0,
  dialog: 0,
};

function headerLines(rows: number): number {
  if (rows >= 20) return 3;
  return rows >= 14 ? 2 : 1;
}

function dialogLines(overlay: Overlay, columns: number, room: number): number {
  switch (overlay.kind) {
    case 'confirm':
      return DIALOG_LINES + nameLines(overlay.question, columns);
    case 'confirmClean':
      return DIALOG_LINES + 1;
    case 'palette':
      return Math.min(MOST_COMPLETIONS + 1, Math.floor(room / 2));
    case 'none':
    case 'prompt':
    case 'sort':
    case 'hold':
    case 'form':
    case 'help':
      return 0;
  }
}

/** One program stands in the question itself; several are named below it. */
function nameLines({ targets }: Question, columns: number): number {
  if (targets.length <= 1) return 0;
  const length = targets.reduce((sum, { name }) => sum + name.length + 2, 0);
  return Math.min(MOST_NAME_LINES, Math.ceil(length / Math.max(1, columns - 4)));
}

type BodyLines = Partial<Readonly<Record<HotRegion | 'facts' | 'help', number>>>;

function bodyLines(view: View, overlay: Overlay, body: number, rows: number, isZoomed: boolean): BodyLines {
  if (overlay.kind === 'help') return { help: body };
  if (overlay.kind === 'form') return { form: body };
  if (view.kind === 'program') return programLines(body, isZoomed);
  switch (view.tab) {
    case 'processes':
      return tableLines(body, rows, isZoomed);
    case 'cooldown':
      return { cooldowns: body };
    case 'anomalies':
    case 'zombies':
    case 'events':
      return { records: body };
  }
}

function tableLines(body: number, rows: number, isZoomed: boolean): BodyLines {
  const tail = rows >= TAIL_FROM_ROWS && !isZoomed ? Math.floor(body / 3) : 0;
  return { table: body - tail, tail };
}

/** The log gets what is left, and at least a few lines: it is why most people come here. */
function programLines(body: number, isZoomed: boolean): BodyLines {
  const title = 1;
  if (isZoomed) return { title, log: Math.max(0, body - title) };
  const facts = body >= 15 ? FACTS_LINES : 0;
  const details = body >= 26 ? DETAIL_LINES : 0;
  const charts = chartLines(body);
  return { title, facts, details, charts, log: Math.max(0, body - title - facts - details - charts) };
}

/** Two charts of equal height. */
function chartLines(body: number): number {
  if (body >= 36) return 14;
  if (body >= 24) return 8;
  return body >= 6 ? 2 : 0;
}
