import { SIGNAL_DIALOG_ROWS } from '../state/signals.ts';
import type { LogPlacement, Overlay, Question } from '../state/state.ts';
import type { Size } from '../terminal/screen.ts';

/** What the screen shows between the tabs and the message. */
export type Body = 'help' | 'form' | 'processes' | 'cooldowns' | 'records' | 'program';

/** What decides how many rows a part gets. */
export interface Space {
  readonly size: Size;
  readonly overlay: Overlay;
  readonly hasBanner: boolean;
  readonly isZoomed: boolean;
  /** Whether the log of several programs is open, which takes the whole body. */
  readonly isJoint: boolean;
  readonly messageRows: number;
  /** The rows that the table needs to show all programs, and those that the user gave it; null if it was not changed. */
  readonly neededRows: number;
  readonly tableRows: number | null;
  readonly logPlace: LogPlacement;
  /** How many columns the user added to a log that is beside the rest. */
  readonly logShift: number;
  /** Whether the log is beside what it is otherwise below. */
  readonly isSplit: boolean;
  /** The rows of the area that the part is in, and how many of them are left for it. */
  readonly room: number;
  readonly left: number;
}

interface Part {
  readonly name: string;
  /** Rows are assigned to the frame first, then to a dialog, then to the body that is shown. */
  readonly area: 'frame' | 'dialog' | Body;
  /** How many rows the part wants. It gets at most those that are left. */
  readonly rows: (space: Space) => number;
  /** Whether Ink lays it out. All other parts are painted line by line. */
  readonly isInk?: true;
}

/** From this height on, an empty line separates the header from the tabs. */
const GAP_FROM_ROWS = 40;
/** From this height on, the output of the selected program is shown below the table, even if the table is cut. */
const TAIL_FROM_ROWS = 30;
/** From this height on, it is shown if the table leaves room for it. */
const TAIL_IF_FREE_FROM_ROWS = 24;
/** The least rows of the table and of the output: a heading and two lines. */
const LEAST_ROWS = 3;
/** From this size on, both have a border. */
const BORDERS_FROM = { columns: 100, rows: 30 };
/** From this width on, the log of an opened program has a scroll bar. */
const SCROLL_BAR_FROM_COLUMNS = 60;
/** The top and bottom of a border. Where there is none, the heading of the output is a line of its own. */
export const BORDER_ROWS = 2;
/** From this width on, the log can be beside the table, and beside the facts and charts of a program. */
export const SPLIT_FROM_COLUMNS = 140;
/** The share of the columns that the log gets there. */
const LOG_SHARE = 0.45;
/** What the log and the rest beside it get at least. */
const LEAST_COLUMNS = 48;
/** What the table gets at least if there is an output below it, and at most. */
const USUAL_TABLE_ROWS = 5;
const LARGEST_TABLE_SHARE = 0.6;
/** The command, the last exit, and short facts in two columns; on high screens with all facts. */
const FACTS_ROWS = 4;
const ALL_FACTS_ROWS = 6;
/** Rule, question, answers. */
const DIALOG_ROWS = 3;
const MOST_NAME_ROWS = 4;
const MOST_COMPLETIONS = 8;

/**
 * The screen from top to bottom. The heights, the first frame, the React body and the place of a click all derive from
 * this table. How a part is drawn is in `lines/part-lines.ts` and `screens/App.tsx`: the store needs the heights to
 * keep the selection visible, and the drawing code needs the store. Both are checked against the names here.
 */
export const SCREEN = [
  { name: 'header', area: 'frame', rows: ({ size }) => headerRows(size.rows) },
  { name: 'gap', area: 'frame', rows: ({ size }) => (size.rows >= GAP_FROM_ROWS ? 1 : 0) },
  { name: 'banner', area: 'frame', rows: ({ hasBanner }) => (hasBanner ? 1 : 0) },
  { name: 'tabs', area: 'frame', rows: () => 1 },
  { name: 'help', area: 'help', rows: allThatIsLeft, isInk: true },
  { name: 'form', area: 'form', rows: allThatIsLeft },
  { name: 'table', area: 'processes', rows: (space) => space.room - tailRows(space) },
  { name: 'tail', area: 'processes', rows: tailRows },
  { name: 'cooldowns', area: 'cooldowns', rows: allThatIsLeft },
  { name: 'records', area: 'records', rows: allThatIsLeft },
  { name: 'title', area: 'program', rows: () => 1 },
  { name: 'facts', area: 'program', rows: unlessZoomed(factRows) },
  { name: 'charts', area: 'program', rows: unlessZoomed(chartRows) },
  // Most people open a program to read its log, so the log gets all remaining rows.
  { name: 'log', area: 'program', rows: allThatIsLeft },
  { name: 'dialog', area: 'dialog', rows: dialogRows },
  { name: 'message', area: 'frame', rows: ({ messageRows }) => messageRows },
  { name: 'footer', area: 'frame', rows: () => 1 },
] as const satisfies readonly Part[];

/** The name of a part of the screen. */
export type PartName = (typeof SCREEN)[number]['name'];

/** The parts that Ink lays out. */
export type InkPart = Extract<(typeof SCREEN)[number], { readonly isInk: true }>['name'];

const INK_PARTS: ReadonlySet<PartName> = new Set(SCREEN.filter((part) => 'isInk' in part).map(({ name }) => name));

/** Returns whether Ink lays out the part. */
export function isInkPart(name: PartName): name is InkPart {
  return INK_PARTS.has(name);
}

/** Returns whether Ink lays out a part that is shown. */
export function needsInk(layout: Readonly<Record<PartName, number>>): boolean {
  return [...INK_PARTS].some((name) => layout[name] > 0);
}

function allThatIsLeft({ left }: Space): number {
  return left;
}

function headerRows(rows: number): number {
  if (rows >= 20) return 3;
  return rows >= 14 ? 2 : 1;
}

/** The table gets the rows that it needs, the output all others. */
function tailRows({ size, isZoomed, isSplit, room, neededRows, tableRows }: Space): number {
  if (isZoomed || isSplit) return 0;
  if (tableRows !== null) return hasBorder(room) ? room - clampTable(tableRows, room) : 0;
  if (size.rows >= TAIL_FROM_ROWS) {
    const most = Math.floor(room * LARGEST_TABLE_SHARE);
    return room - Math.max(USUAL_TABLE_ROWS, Math.min(neededRows, most));
  }
  const free = room - Math.max(USUAL_TABLE_ROWS, neededRows);
  return size.rows >= TAIL_IF_FREE_FROM_ROWS && free >= LEAST_ROWS ? free : 0;
}

/** Returns the columns of a log that is beside the rest of the body; 0 if it is not. */
export function besideColumns(body: Body, space: Omit<Space, 'left' | 'isSplit'>): number {
  return isSplitBody(body, space) ? shiftedLog(space.size.columns, space.logShift) : 0;
}

/** Returns the columns of a log beside the rest, so that a few columns are left for both. */
function shiftedLog(columns: number, shift: number): number {
  return Math.max(LEAST_COLUMNS, Math.min(columns - LEAST_COLUMNS, Math.floor(columns * LOG_SHARE) + shift));
}

/** Moves the border of a log beside the rest; the same number at an end. */
export function shiftLog(columns: number, shift: number, by: number): number {
  return shiftedLog(columns, shift + by) === shiftedLog(columns, shift) ? shift : shift + by;
}

/** A long table and its log share the height if both fit beside each other; a program is always shown so. */
function isSplitBody(
  body: Body,
  { size, isZoomed, isJoint, logPlace, neededRows, tableRows, room }: Omit<Space, 'left' | 'isSplit'>,
): boolean {
  if (size.columns < SPLIT_FROM_COLUMNS || !hasBorders(size) || isZoomed || logPlace === 'below') return false;
  if (body === 'program') return !isJoint;
  if (body !== 'processes') return false;
  const isLong = Number.isFinite(neededRows) && neededRows > Math.floor(room * LARGEST_TABLE_SHARE);
  return logPlace === 'beside' || (isLong && tableRows === null);
}

/** Returns whether there is room for both the table and the output of the selected program. */
export function hasBorder(room: number): boolean {
  return room >= 2 * LEAST_ROWS;
}

/** Limits the rows of the table so that a few rows are left for the output below it. */
export function clampTable(rows: number, room: number): number {
  return Math.max(LEAST_ROWS, Math.min(room - LEAST_ROWS, rows));
}

/** Returns the columns of the scroll bar beside the log of an opened program: narrow screens have none. */
export function scrollBarColumns(columns: number): number {
  return columns >= SCROLL_BAR_FROM_COLUMNS ? 1 : 0;
}

/** Returns whether the table and the output of the selected program have a border. */
export function hasBorders({ columns, rows }: Size): boolean {
  return columns >= BORDERS_FROM.columns && rows >= BORDERS_FROM.rows;
}

function unlessZoomed(rowsIn: (room: number) => number): (space: Space) => number {
  return ({ isZoomed, isJoint, isSplit, room }) => (isZoomed || isJoint || isSplit ? 0 : rowsIn(room));
}

/** The facts of a program beside its log, where fewer of them fit in a row. */
export const FACTS_ROWS_BESIDE = 9;

function factRows(room: number): number {
  if (room >= 26) return ALL_FACTS_ROWS;
  return room >= 15 ? FACTS_ROWS : 0;
}

/** Two charts of equal height, and their time axis if there is room. */
function chartRows(room: number): number {
  if (room >= 36) return 15;
  if (room >= 24) return 9;
  return room >= 6 ? 2 : 0;
}

function dialogRows({ overlay, size, room }: Space): number {
  switch (overlay.kind) {
    case 'confirm':
      return DIALOG_ROWS + nameRows(overlay.question, size.columns);
    case 'confirmClean':
      return DIALOG_ROWS + 1;
    case 'signal':
      return overlay.signal === null ? SIGNAL_DIALOG_ROWS : DIALOG_ROWS;
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

/** A single program is named in the question itself; several are listed below it. */
function nameRows({ targets }: Question, columns: number): number {
  if (targets.length <= 1) return 0;
  const length = targets.reduce((sum, { name }) => sum + name.length + 2, 0);
  return Math.min(MOST_NAME_ROWS, Math.ceil(length / Math.max(1, columns - 4)));
}
