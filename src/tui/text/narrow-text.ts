import { displayWidth, fitWidth, truncateWidth } from '../../base/display-width.ts';
import { NARROW } from '../style/narrow-characters.ts';

/**
 * The number of code units per column in the largest common cluster, a family emoji. Only this much of a line is measured:
 * measuring 64 KiB to show 80 columns would freeze the screen.
 */
const UNITS_PER_COLUMN = 4;

/** Returns the width of plain text in columns. */
export function widthOfText(text: string): number {
  return NARROW.test(text) ? text.length : displayWidth(text);
}

/** Makes plain text exactly `columns` wide, by an ellipsis or by padding. */
export function fitText(text: string, columns: number, ellipsis: string, align: 'left' | 'right' = 'left'): string {
  if (text.length <= columns && NARROW.test(text))
    return align === 'left' ? text.padEnd(columns) : text.padStart(columns);
  const cut = cutText(text, columns, ellipsis);
  if (!NARROW.test(cut)) return fitWidth(cut, columns, align, ellipsis);
  return align === 'left' ? cut.padEnd(columns) : cut.padStart(columns);
}

/** Cuts plain text to at most `columns` in its middle, because names often differ at their end. */
export function cutMiddle(text: string, columns: number, ellipsis: string): string {
  if (widthOfText(text) <= columns) return text;
  if (!NARROW.test(text) || columns < 8) return cutText(text, columns, ellipsis);
  const end = Math.floor((columns - ellipsis.length) / 2);
  return text.slice(0, columns - ellipsis.length - end) + ellipsis + text.slice(-end);
}

/** Cuts plain text to at most `columns` and puts an ellipsis in the last one. */
export function cutText(text: string, columns: number, ellipsis: string): string {
  if (text.length > columns * UNITS_PER_COLUMN)
    return cutText(text.slice(0, columns * UNITS_PER_COLUMN), columns, ellipsis);
  if (!NARROW.test(text)) return truncateWidth(text, columns, ellipsis);
  if (text.length <= columns) return text;
  return columns <= ellipsis.length ? ellipsis.slice(0, columns) : text.slice(0, columns - ellipsis.length) + ellipsis;
}
