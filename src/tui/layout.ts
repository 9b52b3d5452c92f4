import { TUI_LIMITS } from './limits.ts';
import { memoizeLast } from './store/memoize-last.ts';
import type { Overlay, State, View } from './store/state.ts';
import type { HotRegion } from './terminal/hot-lines.ts';

/** How many lines each part of the screen has. All parts are as wide as the terminal. */
export interface Layout {
  readonly banner: number;
  /** A line of air between the header and the tabs. */
  readonly gap: number;
  readonly dialog: number;
  /** Lines of the static table of facts on a program's screen. */
  readonly facts: number;
  /** Lines of help. */
  readonly help: number;
  readonly hot: Readonly<Record<HotRegion, number>>;
}

/** From this height on the selected program's output is shown below the table. */
const TAIL_FROM_ROWS = 30;
const DIALOG_LINES = 4;
/** Border, heading, rule, values, border. */
const FACTS_LINES = 5;
const TABS_MESSAGE_FOOTER = 3;

const computeLayout = memoizeLast((rows: number, view: View, overlay: Overlay, hasBanner: boolean): Layout => {
  const header = headerLines(rows);
  const gap = rows >= 40 ? 1 : 0;
  const banner = hasBanner ? 1 : 0;
  const dialog = overlay.kind === 'confirm' ? DIALOG_LINES : 0;
  const body = Math.max(0, rows - header - gap - banner - dialog - TABS_MESSAGE_FOOTER);
  const { facts = 0, help = 0, ...hot } = bodyLines(view, overlay, body, rows);
  return { banner, gap, dialog, facts, help, hot: { ...NOTHING, header, ...hot } };
});

/** The same object as long as nothing that decides about the layout has changed. */
export function layoutOf({ size, view, overlay, connection, status }: State): Layout {
  return computeLayout(size.rows, view, overlay, connection.kind === 'down' && status !== null);
}

/** The terminal is too small to show anything but that. */
export function isTooSmall({ size }: State): boolean {
  return size.columns < TUI_LIMITS.smallestColumns || size.rows < TUI_LIMITS.smallestRows;
}

const NOTHING: Readonly<Record<HotRegion, number>> = {
  header: 0,
  table: 0,
  tail: 0,
  title: 0,
  charts: 0,
  log: 0,
  cooldowns: 0,
  events: 0,
};

function headerLines(rows: number): number {
  if (rows >= 20) return 3;
  return rows >= 14 ? 2 : 1;
}

type BodyLines = Partial<Readonly<Record<HotRegion | 'facts' | 'help', number>>>;

function bodyLines(view: View, overlay: Overlay, body: number, rows: number): BodyLines {
  if (overlay.kind === 'help') return { help: body };
  if (view.kind === 'program') return programLines(body);
  switch (view.tab) {
    case 'processes':
      return tableLines(body, rows);
    case 'cooldown':
      return { cooldowns: body };
    case 'events':
      return { events: body };
  }
}

function tableLines(body: number, rows: number): BodyLines {
  const tail = rows >= TAIL_FROM_ROWS ? Math.floor(body / 3) : 0;
  return { table: body - tail, tail };
}

/** The log gets what is left, and at least a few lines: it is why most people come here. */
function programLines(body: number): BodyLines {
  const title = 1;
  const facts = body >= 15 ? FACTS_LINES : 0;
  const charts = chartLines(body);
  return { title, facts, charts, log: Math.max(0, body - title - facts - charts) };
}

/** Two charts of equal height. */
function chartLines(body: number): number {
  if (body >= 36) return 12;
  if (body >= 24) return 8;
  return body >= 6 ? 2 : 0;
}
