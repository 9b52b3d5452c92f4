import { displayWidth } from './display-width.ts';
import { TAB_STOP } from './line-screen.ts';

/**
 * Everything that a terminal could interpret, longest forms first (ECMA-48, https://ecma-international.org/publications-and-standards/standards/ecma-48/):
 * complete and truncated CSI sequences; control strings (OSC, DCS, SOS, PM, APC); other escapes; single controls,
 * bidirectional controls, line separators and the private-use area, where fonts have icons. The body of a control string
 * ends at any control character, which keeps matching linear even with many unterminated strings.
 */
const ACTIVE =
  // eslint-disable-next-line no-control-regex -- control characters are the subject
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x08\x0a-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ue000-\uf8ff]/g;

const REORDERING = /^[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]$/;

/** A cheap test that lets clean lines, nearly all of them, skip the rest. */
// eslint-disable-next-line no-control-regex -- control characters are the subject
const SUSPICIOUS = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ue000-\uf8ff]/;

/**
 * Makes untrusted text safe to print on one line, so that the output or name of a program cannot move the cursor, change
 * the terminal or reorder adjacent text. Inner line breaks become spaces, and tabs are expanded.
 */
export function sanitizeText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return expandTabs(joinLines(text).replace(ACTIVE, ''));
}

/**
 * Makes a line of program output safe to print. In contrast to names, icons of the private-use area are kept, and what
 * reorders text becomes visible as U+FFFD.
 */
export function sanitizeOutput(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return expandTabs(joinLines(text).replace(ACTIVE, visibleOf));
}

function visibleOf(found: string): string {
  if (found >= '\ue000' && found <= '\uf8ff') return found;
  return REORDERING.test(found) ? '\ufffd' : '';
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
