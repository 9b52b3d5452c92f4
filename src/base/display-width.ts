import { createRequire as requireFrom } from 'node:module';

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

let segmenter: Intl.Segmenter | undefined;
let measure: ((text: string) => number) | undefined;

/**
 * Loaded when first needed: its tables and its segmenter take longer to set up than most commands take to run, and
 * most output is plain ASCII.
 */
function loadMeasure(): (text: string) => number {
  const load = requireFrom(import.meta.url);
  return (load('string-width') as typeof import('string-width')).default;
}

/** How many terminal columns plain text (without escape sequences) takes. */
export function displayWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  measure ??= loadMeasure();
  return measure(text);
}

/**
 * Makes plain text exactly `columns` wide: pads it on the side that `align` leaves free, or cuts it and ends it with
 * `ellipsis`. Wide characters and combined emoji are never cut in half.
 */
export function fitWidth(text: string, columns: number, align: 'left' | 'right' = 'left', ellipsis = '…'): string {
  if (columns <= 0) return '';
  const fitted = truncateWidth(text, columns, ellipsis);
  const padding = ' '.repeat(columns - displayWidth(fitted));
  return align === 'left' ? fitted + padding : padding + fitted;
}

/** Cuts plain text to at most `columns`, its last column then being `ellipsis`. */
export function truncateWidth(text: string, columns: number, ellipsis = '…'): string {
  if (columns <= 0) return '';
  if (displayWidth(text) <= columns) return text;
  const room = columns - displayWidth(ellipsis);
  return room < 0 ? '' : headOf(text, room) + ellipsis;
}

/** The longest start of the text that fits into `columns`. */
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
