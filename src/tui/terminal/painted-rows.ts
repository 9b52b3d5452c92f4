/**
 * Most rows of the screen change with every sample. Ink lays out a whole frame for each change, which takes 25 to 60 ms
 * at 200x50. So React only marks these rows, once, and their text is filled in when a frame is painted.
 */

/** What React renders on such a row: U+E000, private use. It is stripped from all text that comes from outside. */
export const PAINTED_ROW = '\ue000';

/** Fills in the marked rows of a frame, each with the line of the same number. */
export function fillPaintedRows(frame: readonly string[], lines: readonly string[]): readonly string[] {
  return frame.map((row, index) => (row.startsWith(PAINTED_ROW) ? (lines[index] ?? '') : row));
}
