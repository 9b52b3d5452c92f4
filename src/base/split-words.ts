/** A word of a line, without its quotes. */
export interface Word {
  readonly text: string;
  /** The position of its first character, starting at 1. */
  readonly column: number;
}

interface SplitLine {
  /** All words, or those before the problem. */
  readonly words: readonly Word[];
  readonly problem: { readonly column: number; readonly message: string; readonly hint: string } | null;
}

type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly end: number }
  | { readonly kind: 'unfinished'; readonly at: number; readonly opener: string };

// A carriage return counts as whitespace, because lines of files from Windows end with it.
const BLANK = new Set([' ', '\t', '\r']);
const BLANKS = /[ \t\r]*/y;
// A backslash at the end of a line continues it on the next one.
const CONTINUATION = /\\\r?\n/y;
const PLAIN = /[^ \t\r'"\\]+/y;
const PLAIN_IN_DOUBLE_QUOTES = /[^"\\]+/y;
const ESCAPABLE_IN_DOUBLE_QUOTES = '"\\$`';

/**
 * Splits a line into words like a POSIX shell, without any expansion. Single quotes preserve everything; in double
 * quotes, a backslash escapes `"`, `\`, `$` and a backtick; outside quotes it escapes any character. With the line break that
 * follows, it is removed. A `#` at the start of a word begins a comment. Runs in linear time.
 */
export function splitWords(line: string): SplitLine {
  const words: Word[] = [];
  let at = endOfBlanks(line, 0);
  while (at < line.length && line[at] !== '#') {
    const word = readWord(line, at);
    if (word.kind === 'unfinished') return { words, problem: describeUnfinished(word) };
    words.push({ text: word.text, column: at + 1 });
    at = endOfBlanks(line, word.end);
  }
  return { words, problem: null };
}

/** One pattern for both would exhaust the stack with 10 MB of blanks. */
function endOfBlanks(line: string, start: number): number {
  for (let at = start; ;) {
    const end = endOf(CONTINUATION, line, endOf(BLANKS, line, at));
    if (end === at || line[end - 1] !== '\n') return end;
    at = end;
  }
}

function readWord(line: string, start: number): Piece {
  const texts: string[] = [];
  let at = start;
  while (at < line.length && !BLANK.has(line.charAt(at))) {
    const piece = readPiece(line, at);
    if (piece.kind === 'unfinished') return piece;
    texts.push(piece.text);
    at = piece.end;
  }
  return { kind: 'text', text: texts.join(''), end: at };
}

function readPiece(line: string, at: number): Piece {
  switch (line.charAt(at)) {
    case "'":
      return readSingleQuotes(line, at);
    case '"':
      return readDoubleQuotes(line, at);
    case '\\':
      return readEscaped(line, at);
    default: {
      const end = endOf(PLAIN, line, at);
      return { kind: 'text', text: line.slice(at, end), end };
    }
  }
}

function readSingleQuotes(line: string, open: number): Piece {
  const close = line.indexOf("'", open + 1);
  if (close === -1) return { kind: 'unfinished', at: open, opener: "'" };
  return { kind: 'text', text: line.slice(open + 1, close), end: close + 1 };
}

function readDoubleQuotes(line: string, open: number): Piece {
  const texts: string[] = [];
  let at = open + 1;
  while (at < line.length) {
    if (line[at] === '"') return { kind: 'text', text: texts.join(''), end: at + 1 };
    const continued = endOf(CONTINUATION, line, at);
    if (continued > at) {
      at = continued;
    } else if (line[at] === '\\') {
      const next = line.charAt(at + 1);
      texts.push(next !== '' && ESCAPABLE_IN_DOUBLE_QUOTES.includes(next) ? next : `\\${next}`);
      at += 2;
    } else {
      const end = endOf(PLAIN_IN_DOUBLE_QUOTES, line, at);
      texts.push(line.slice(at, end));
      at = end;
    }
  }
  return { kind: 'unfinished', at: open, opener: '"' };
}

function readEscaped(line: string, at: number): Piece {
  const continued = endOf(CONTINUATION, line, at);
  if (continued > at) return { kind: 'text', text: '', end: continued };
  const escaped = line.charAt(at + 1);
  return escaped === '' ? { kind: 'unfinished', at, opener: '\\' } : { kind: 'text', text: escaped, end: at + 2 };
}

function describeUnfinished({ at, opener }: Extract<Piece, { kind: 'unfinished' }>): SplitLine['problem'] {
  if (opener === '\\') {
    return { column: at + 1, message: 'the line ends with a backslash', hint: 'write \\\\ for a literal backslash' };
  }
  return {
    column: at + 1,
    message: `the quote ${opener} is never closed`,
    hint: `close it, or write \\${opener} for a literal quote`,
  };
}

/** Returns the end of a sticky pattern's match at `at`; `at` itself if it does not match. */
function endOf(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : at;
}
