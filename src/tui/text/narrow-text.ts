import { displayWidth, fitWidth, truncateWidth } from '../../base/display-width.ts';

/**
 * ASCII and the signs that the screen is drawn with: one column a character, so their length is their width. Nearly
 * every text is of this kind; measuring them all properly would double the cost of a frame and delay the first.
 */
const NARROW = /^[\x20-\x7e…─╌└·▁-█░●◐○✗▌✓▲▼]*$/;

/**
 * The largest common cluster (a family of emoji) has this many code units a column. Only so much of a line is looked
 * at: measuring all of 64 KiB for the 80 columns that are shown would freeze the screen.
 */
const UNITS_PER_COLUMN = 4;

/** How many columns plain text takes. */
export function widthOfText(text: string): number {
  return NARROW.test(text) ? text.length : displayWidth(text);
}

/** Makes plain text exactly `columns` wide: cut with an ellipsis, or padded. */
export function fitText(text: string, columns: number, ellipsis: string, align: 'left' | 'right' = 'left'): string {
  const cut = cutText(text, columns, ellipsis);
  if (!NARROW.test(cut)) return fitWidth(cut, columns, align, ellipsis);
  return align === 'left' ? cut.padEnd(columns) : cut.padStart(columns);
}

/** Cuts plain text to at most `columns`, its last column then being the ellipsis. */
export function cutText(text: string, columns: number, ellipsis: string): string {
  if (text.length > columns * UNITS_PER_COLUMN)
    return cutText(text.slice(0, columns * UNITS_PER_COLUMN), columns, ellipsis);
  if (!NARROW.test(text)) return truncateWidth(text, columns, ellipsis);
  if (text.length <= columns) return text;
  return columns <= ellipsis.length ? ellipsis.slice(0, columns) : text.slice(0, columns - ellipsis.length) + ellipsis;
}
