import { createRequire } from 'node:module';
import { messageOf } from './thrown.ts';

/** A regular expression whose matching time grows only with the length of the text. */
export interface LinearPattern {
  readonly source: string;
  test(text: string): boolean;
}

/** How text is compared. */
export interface PatternOptions {
  readonly ignoresCase?: boolean;
  /** Whether a dot matches a line end too. */
  readonly isDotAll?: boolean;
}

/** Why a text cannot be used as a pattern; the message is a clause that follows the pattern. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** Longest pattern, in characters. */
export const PATTERN_CHARS = 1_000;
/** Largest program of a pattern: matching takes time in proportion to it. */
const MAX_PROGRAM = 2_000;
const TOO_LARGE = 'repeats too much; use smaller numbers in braces';

const LOOKAROUND = /\(\?<?[=!]/;
/** Not after an escaped backslash. */
const BACKREFERENCE = /(?<!\\)(?:\\\\)*\\(?:[1-9]|k<)/;

type Re2 = (typeof import('re2js'))['RE2JS'];

let loaded: Re2 | undefined;

/** Loads the package when the first pattern is used: it takes 10 ms. */
function engine(): Re2 {
  loaded ??= (createRequire(import.meta.url)('re2js') as typeof import('re2js')).RE2JS;
  return loaded;
}

/**
 * Compiles a regular expression written by a person. The usual engine can take practically forever on some texts, and would
 * stall the whole process.
 * @throws PatternError for a syntax error, and for lookaround and backreferences, which cannot be matched in linear time
 */
export function compilePattern(source: string, options: PatternOptions = {}): LinearPattern {
  if (source.length > PATTERN_CHARS) throw new PatternError(`is longer than ${String(PATTERN_CHARS)} characters`);
  if (BACKREFERENCE.test(source)) {
    throw new PatternError('uses a backreference, which is not supported because it can take forever');
  }
  const re2 = engine();
  try {
    const flags =
      (options.ignoresCase === true ? re2.CASE_INSENSITIVE : 0) | (options.isDotAll === true ? re2.DOTALL : 0);
    const compiled = re2.compile(re2.translateRegExp(source), flags);
    if (compiled.programSize() > MAX_PROGRAM) throw new PatternError(TOO_LARGE);
    return { source, test: (text) => compiled.test(text) };
  } catch (error) {
    throw error instanceof PatternError ? error : new PatternError(explain(source, error), { cause: error });
  }
}

function explain(source: string, error: unknown): string {
  if (LOOKAROUND.test(source))
    return 'uses lookahead or lookbehind, which are not supported because they can take forever';
  if (messageOf(error).includes('too large')) return TOO_LARGE;
  return `is not a valid regular expression: ${messageOf(error).replace(/^error parsing regexp: /, '')}`;
}
