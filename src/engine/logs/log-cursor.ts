/**
 * A position in a log: `lines` lines after the byte at `offset` of a file. A negative number counts lines before that byte,
 * also in older files, that are still to be read.
 */
export interface LogCursor {
  /** The identity of the file, which survives renames; null if there was no file. */
  readonly file: string | null;
  readonly offset: number;
  readonly lines: number;
}

/** The position before the first line of a program. */
export const LOG_BEGINNING: LogCursor = { file: null, offset: 0, lines: 0 };

const NO_FILE = 'none';
const CURSOR = /^([0-9a-z.]{1,60}):(\d{1,15}):(-?\d{1,9})$/;

export function formatCursor({ file, offset, lines }: LogCursor): string {
  return `${file ?? NO_FILE}:${String(offset)}:${String(lines)}`;
}

/** Returns null if the text is not a cursor. */
export function parseCursor(text: string): LogCursor | null {
  const [, file, offset, lines] = CURSOR.exec(text) ?? [];
  if (file === undefined) return null;
  return { file: file === NO_FILE ? null : file, offset: Number(offset), lines: Number(lines) };
}

export function cursorAfter(cursor: LogCursor, lines: number): string {
  return formatCursor({ ...cursor, lines: cursor.lines + lines });
}
