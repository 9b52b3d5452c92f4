import { type Context, createContext, Script } from 'node:vm';
import { compilePattern, PATTERN_CHARS, PatternError } from '../../base/linear-pattern.ts';

/** Far below the timeout of any check; a well-written expression needs microseconds. */
const TIMEOUT_MS = 20;
/** An expression that took too long is not tried again for this time, so that checks cannot block the engine repeatedly. */
const PAUSE_MS = 10 * 60_000;
const MAX_SLOW = 1_000;

/** `too slow`: the match was interrupted. */
export type Match = 'yes' | 'no' | 'too slow';

/** The expression of a check. */
export interface BodyPattern {
  readonly source: string;
  match(text: string): Match;
}

/**
 * Compiles the expression of a check, which is matched in linear time. Lookaround and backreferences, which definitions of
 * earlier versions may use, are matched by an engine that can be interrupted.
 * @throws PatternError for anything else
 */
export function compileBody(source: string): BodyPattern {
  try {
    const pattern = compilePattern(source, { isDotAll: true });
    return { source, match: (text) => (pattern.test(text) ? 'yes' : 'no') };
  } catch (error) {
    const pattern = source.length > PATTERN_CHARS ? null : tryRegExp(source);
    if (!(error instanceof PatternError) || pattern === null) throw error;
    return { source, match: (text) => matchInterruptibly(pattern, text) };
  }
}

function tryRegExp(source: string): RegExp | null {
  try {
    return new RegExp(source, 's');
  } catch {
    return null;
  }
}

let sandbox: { readonly context: Context; readonly script: Script } | null = null;
/** When expressions that took too long may be tried again, by their source. */
const slow = new Map<string, number>();

/**
 * With some texts, some expressions backtrack practically without end and would block the engine. A script in a separate
 * context can be interrupted by a timeout.
 */
function matchInterruptibly(pattern: RegExp, text: string): Match {
  if ((slow.get(pattern.source) ?? 0) > performance.now()) return 'too slow';
  sandbox ??= { context: createContext({}), script: new Script('pattern.test(text)') };
  const { context, script } = sandbox;
  Object.assign(context, { pattern, text });
  try {
    return script.runInContext(context, { timeout: TIMEOUT_MS }) === true ? 'yes' : 'no';
  } catch {
    if (slow.size >= MAX_SLOW) slow.clear();
    slow.set(pattern.source, performance.now() + PAUSE_MS);
    return 'too slow';
  } finally {
    Object.assign(context, { pattern: null, text: '' });
  }
}
