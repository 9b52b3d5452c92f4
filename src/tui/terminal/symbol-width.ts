/**
 * Draws three symbols that are one or two columns wide, depending on the terminal (Unicode, UAX #11, "Ambiguous"), on the
 * second row, asks where the cursor is, and erases them.
 */
export const REQUEST_WIDTH = '\x1b[2;1H\u2588\u25cf\u2026\x1b[6n\x1b[2;1H\x1b[K';

const SYMBOLS = 3;

/** Returns whether the symbols are wider than one column, given the reply `row;column`; null for other reports. */
export function hasWideSymbols(reply: string): boolean | null {
  const [row = 0, column = 0] = reply.split(';').map(Number);
  return row === 2 && column > SYMBOLS ? column > SYMBOLS + 1 : null;
}
