/** A position on the screen, counted from 0. */
export interface Position {
  readonly column: number;
  readonly row: number;
}

/** A button or the wheel. */
interface MouseKey {
  readonly name: string;
  readonly text: '';
  readonly at: Position;
}

/** Mouse buttons as xterm numbers them: 0 is the left button, 64 and 65 are the wheel. */
const BUTTONS: Readonly<Record<number, string>> = { 0: 'click', 64: 'wheelup', 65: 'wheeldown' };
/** X10 and urxvt add this to a button, and X10 to each coordinate, which counts from 1. */
const OFFSET = 32;

/**
 * Returns the mouse event of a CSI sequence that ends in M or m: `<button;column;row` (xterm, "SGR") or
 * `button;column;row` (urxvt). Null for releases, other buttons, and other sequences.
 */
export function mouseOfSequence(parameters: string, final: string): MouseKey | null {
  const [, sgr = '', button = '', column = '', row = ''] = /^(<?)(\d+);(\d+);(\d+)$/.exec(parameters) ?? [];
  if (button === '' || final === 'm') return null;
  return mouseKey(Number(button) - (sgr === '' ? OFFSET : 0), Number(column), Number(row));
}

/** Returns the mouse event of the three bytes of X10; null for releases and other buttons. */
export function mouseOfBytes([button = 0, column = 0, row = 0]: readonly number[]): MouseKey | null {
  return mouseKey(button - OFFSET, column - OFFSET, row - OFFSET);
}

function mouseKey(button: number, column: number, row: number): MouseKey | null {
  const name = BUTTONS[button];
  if (name === undefined || column < 1 || row < 1) return null;
  return { name, text: '', at: { column: column - 1, row: row - 1 } };
}
