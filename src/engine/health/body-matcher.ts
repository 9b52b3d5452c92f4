import { type Context, createContext, Script } from 'node:vm';

/** A fraction of what any check may take. Well-made expressions need microseconds. */
const PATIENCE_MS = 100;

export type Match = 'yes' | 'no' | 'too slow';

let room: { readonly context: Context; readonly question: Script } | null = null;

/**
 * Whether a body matches. Some expressions take for ever on some texts, and the whole engine with them: only what runs in
 * a context of its own can be broken off.
 */
export function matchBody(pattern: RegExp, text: string): Match {
  room ??= { context: createContext({}), question: new Script('pattern.test(text)') };
  const { context, question } = room;
  Object.assign(context, { pattern, text });
  try {
    return question.runInContext(context, { timeout: PATIENCE_MS }) === true ? 'yes' : 'no';
  } catch {
    return 'too slow';
  } finally {
    Object.assign(context, { pattern: null, text: '' });
  }
}
