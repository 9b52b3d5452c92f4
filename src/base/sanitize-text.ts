import { displayWidth } from './display-width.ts';

const TAB_STOP = 8;

/**
 * What a terminal could act on, longest forms first (ECMA-48, https://ecma-international.org/publications-and-standards/standards/ecma-48/):
 * CSI sequences, cut off ones too; control strings (OSC, DCS, SOS, PM, APC) up to their end; other escapes; then
 * single controls, bidirectional controls, line separators and the private-use area, where fonts put pictures.
 * The body of a control string stops at any control, which keeps the match linear however many are left open.
 */
const ACTIVE =
  // eslint-disable-next-line no-control-regex -- control characters are the subject
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x08\x0a-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ue000-\uf8ff]/g;

/** The cheap question that spares clean lines, nearly all, the rest. */
// eslint-disable-next-line no-control-regex -- control characters are the subject
const SUSPICIOUS = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ue000-\uf8ff]/;

/**
 * Makes text of unknown origin safe to print on one line: nothing that a program logs or is called may move the
 * cursor, change the terminal or reorder what stands beside it. Line breaks inside become a space, tabs are expanded.
 */
export function sanitizeText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return expandTabs(joinLines(text).replace(ACTIVE, ''));
}

function joinLines(text: string): string {
  return text.replace(/[\r\n\v\f]+/g, (breaks, offset: number) => (offset + breaks.length === text.length ? '' : ' '));
}

function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  let expanded = '';
  let column = 0;
  for (const [index, piece] of text.split('\t').entries()) {
    if (index > 0) {
      const gap = TAB_STOP - (column % TAB_STOP);
      expanded += ' '.repeat(gap);
      column += gap;
    }
    expanded += piece;
    column += displayWidth(piece);
  }
  return expanded;
}
