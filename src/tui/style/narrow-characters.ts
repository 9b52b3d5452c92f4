/**
 * Matches text of ASCII and the symbols that the screen is drawn with. They are one column wide, so the length of such a
 * text is its width. Nearly all text is of this kind; measuring all of it would double the cost of a frame.
 */
export const NARROW = /^[\x20-\x7e…‹›×·←-↓↻─-╿▀-▟▲▸▼▾●◐○✗✓⠀-⣿]*$/u;
