/**
 * How far somebody has read a log: `lines` lines after the byte at `offset` of a file. Negative lines stand before that
 * byte, in older files too, and were still to be read.
 */
export interface LogCursor {
  /** The file's identity, which outlives its names; null before there was one. */
  readonly file: string | null;
  readonly offset: number;
  readonly lines: number;
}

/** Before the first line a program ever wrote. */
export const LOG_BEGINNING: LogCursor = { file: null, offset: 0, lines: 0 };

const NO_FILE = 'none';
const CURSOR = /^([0-9a-z.]{1,60}):(\d{1,15}):(-?\d{1,9})$/;

function formatCursor({ file, offset, lines }: LogCursor): string {
  return `${file ?? NO_FILE}:${String(offset)}:${String(lines)}`;
}

/** Null for what was never a cursor. */
export function parseCursor(text: string): LogCursor | null {
  const [, file, offset, lines] = CURSOR.exec(text) ?? [];
  if (file === undefined) return null;
  return { file: file === NO_FILE ? null : file, offset: Number(offset), lines: Number(lines) };
}

export function cursorAfter(cursor: LogCursor, lines: number): string {
  return formatCursor({ ...cursor, lines: cursor.lines + lines });
}
