import { type Context, createContext, Script } from 'node:vm';

/** Far below the timeout of any check; a well-written expression needs microseconds. */
const TIMEOUT_MS = 100;

/** `too slow`: the match was interrupted. */
export type Match = 'yes' | 'no' | 'too slow';

let sandbox: { readonly context: Context; readonly script: Script } | null = null;

/**
 * Returns whether a body matches. With some texts, some expressions backtrack practically without end and would block the
 * engine. A script in a separate context can be interrupted by a timeout.
 */
export function matchBody(pattern: RegExp, text: string): Match {
  sandbox ??= { context: createContext({}), script: new Script('pattern.test(text)') };
  const { context, script } = sandbox;
  Object.assign(context, { pattern, text });
  try {
    return script.runInContext(context, { timeout: TIMEOUT_MS }) === true ? 'yes' : 'no';
  } catch {
    return 'too slow';
  } finally {
    Object.assign(context, { pattern: null, text: '' });
  }
}
