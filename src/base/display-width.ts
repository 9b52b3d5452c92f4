import { createRequire } from 'node:module';

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

let segmenter: Intl.Segmenter | undefined;
let measure: ((text: string) => number) | undefined;

/**
 * Loads the package on first use: setting up its tables takes longer than most commands run, and most output is ASCII.
 */
function loadMeasure(): (text: string) => number {
  return (createRequire(import.meta.url)('string-width') as typeof import('string-width')).default;
}

/** Returns the number of terminal columns of plain text (without escape sequences). */
export function displayWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  measure ??= loadMeasure();
  return measure(text);
}

/**
 * Pads or truncates plain text to exactly `columns`. Truncated text ends with `ellipsis`; wide characters and emoji
 * sequences are never split.
 */
export function fitWidth(text: string, columns: number, align: 'left' | 'right' = 'left', ellipsis = '…'): string {
  if (columns <= 0) return '';
  const fitted = truncateWidth(text, columns, ellipsis);
  const padding = ' '.repeat(columns - displayWidth(fitted));
  return align === 'left' ? fitted + padding : padding + fitted;
}

/** Truncates plain text to at most `columns`, with `ellipsis` at the end. */
export function truncateWidth(text: string, columns: number, ellipsis = '…'): string {
  if (columns <= 0) return '';
  if (displayWidth(text) <= columns) return text;
  const room = columns - displayWidth(ellipsis);
  return room < 0 ? '' : headOf(text, room) + ellipsis;
}

/** Returns the longest prefix of the text that fits into `columns`. */
function headOf(text: string, columns: number): string {
  if (PRINTABLE_ASCII.test(text)) return text.slice(0, columns);
  segmenter ??= new Intl.Segmenter();
  let head = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += displayWidth(segment);
    if (used > columns) break;
    head += segment;
  }
  return head;
}
