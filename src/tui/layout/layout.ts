import type { State } from '../state/state.ts';
import type { Position } from '../terminal/mouse-keys.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import { besideColumns, type Body, BORDER_ROWS, hasBorders, type PartName, SCREEN, type Space } from './screen.ts';
import { countProcessRows } from '../state/process-rows.ts';
import { wrappedMessage } from './wrapped-message.ts';

/** How many rows each part of the screen has; 0 for parts that are not shown. All parts are as wide as the terminal. */
export type Layout = Readonly<Record<PartName, number>> & {
  /** The columns of a log that is beside the table, or beside facts and charts; 0 if it is not. */
  readonly logColumns: number;
};

let last: { readonly state: State; readonly layout: Layout } | undefined;

/** Returns the same object for as long as no part changes its height, so that Ink lays out only what moved. */
export function layoutOf(state: State): Layout {
  if (last?.state === state) return last.layout;
  if (last !== undefined && hasSameShape(last.state, state)) {
    last = { state, layout: last.layout };
    return last.layout;
  }
  const layout = measure(state);
  last = { state, layout: last !== undefined && isSame(last.layout, layout) ? last.layout : layout };
  return last.layout;
}

/** Returns whether nothing changed between two states that `measure` depends on. */
function hasSameShape(a: State, b: State): boolean {
  return (
    a.size === b.size &&
    a.view === b.view &&
    a.overlay === b.overlay &&
    a.message === b.message &&
    a.rows.length === b.rows.length &&
    a.trees === b.trees &&
    a.list.opened === b.list.opened &&
    hasBanner(a) === hasBanner(b) &&
    a.isZoomed === b.isZoomed &&
    a.tableRows === b.tableRows &&
    a.logPlace === b.logPlace &&
    a.logShift === b.logShift
  );
}

function hasBanner({ connection, status }: State): boolean {
  return connection.kind === 'down' && status !== null;
}

function isSame(a: Layout, b: Layout): boolean {
  return a.logColumns === b.logColumns && SCREEN.every(({ name }) => a[name] === b[name]);
}

function measure(state: State): Layout {
  const layout = Object.fromEntries(SCREEN.map(({ name }) => [name, 0])) as Record<PartName, number>;
  const space = spaceOf(state);
  const body = bodyOf(state);
  let left = state.size.rows;
  let logColumns = 0;
  for (const area of ['frame', 'dialog', body] as const) {
    const room = left;
    if (area === body) logColumns = besideColumns(body, { ...space, room });
    for (const part of SCREEN) {
      if (part.area !== area) continue;
      const rows = Math.min(left, part.rows({ ...space, room, left, isSplit: logColumns > 0 }));
      layout[part.name] = rows;
      left -= rows;
    }
  }
  return { ...layout, logColumns };
}

function spaceOf(state: State): Omit<Space, 'room' | 'left' | 'isSplit'> {
  const { size, overlay, isZoomed, view, tableRows, rows, logPlace, logShift } = state;
  const isJoint = view.kind === 'program' && view.logOf.length > 1;
  const messageRows = wrappedMessage(state).length;
  // Until the programs are known, the table may need all rows.
  const listed = rows.length + countProcessRows(state.trees, state.list.opened);
  const neededRows = rows.length === 0 ? Infinity : listed + 1 + (hasBorders(size) ? BORDER_ROWS : 0);
  return {
    ...{ size, overlay, isZoomed, isJoint, messageRows, tableRows, neededRows, logPlace, logShift },
    hasBanner: hasBanner(state),
  };
}

function bodyOf({ overlay, view }: State): Body {
  if (overlay.kind === 'help' || overlay.kind === 'form') return overlay.kind;
  if (view.kind === 'program') return 'program';
  if (view.tab === 'processes') return 'processes';
  return view.tab === 'cooldown' ? 'cooldowns' : 'records';
}

/** Whether the terminal is too small for anything but a note that says so. */
export function isTooSmall({ size }: State): boolean {
  return size.columns < TUI_LIMITS.smallestColumns || size.rows < TUI_LIMITS.smallestRows;
}

/** A row within a part, counted from 0. */
export interface Place {
  readonly part: PartName;
  readonly line: number;
}

/** Returns the rows of the output of the selected program, below the table or beside it; 0 if it is not shown. */
export function tailRowsOf({ tail, table, logColumns }: Layout): number {
  return logColumns > 0 ? table : tail;
}

/** Returns what is at a place of a screen with so many columns, counted from 0; null below the last part. */
export function placeAt(layout: Layout, { row, column }: Position, columns: number): Place | null {
  let line = row;
  for (const { name } of SCREEN) {
    if (line < layout[name]) {
      const isBeside = name === 'table' && layout.logColumns > 0 && column >= columns - layout.logColumns;
      return { part: isBeside ? 'tail' : name, line };
    }
    line -= layout[name];
  }
  return null;
}
