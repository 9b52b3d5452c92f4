import { compilePattern } from '../../base/linear-pattern.ts';
import { sanitizeOutput } from '../../base/sanitize-text.ts';
import { messageOf } from '../../base/thrown.ts';
import { type Run, startingRunOf } from '../../policy/lifecycle/state.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import { followLog, type LogStart } from '../logs/log-follower.ts';
import { endOfLog } from '../logs/log-trail.ts';

/** Of the log of a run that an earlier engine started, this much is searched. */
const MAX_LINES = 10_000;
/** Only this much of a line is matched, because the time for it grows with its length. */
const MAX_CHARS = 4_096;

/** The search for the line that says that a run is ready. */
interface Search {
  readonly runNumber: number;
  readonly ended: AbortController;
  isFound: boolean;
}

/**
 * Reads the logs of programs that are starting and are ready once a line matches (`ready.log`). All other logs are written
 * as if it did not exist.
 */
export class LogReadiness {
  readonly #engine: Pick<Engine, 'post'>;
  readonly #logDirOf: (id: string) => string;
  readonly #searches = new Map<string, Search>();
  /** Where the log of a program ended before its run started. */
  readonly #ends = new Map<string, string>();

  constructor(engine: Pick<Engine, 'post' | 'onChange' | 'onForgotten'>, logDirOf: (id: string) => string) {
    this.#engine = engine;
    this.#logDirOf = logDirOf;
    engine.onChange.add((entry) => this.#onChange(entry));
    engine.onForgotten.add(({ id }) => this.#end(id));
  }

  close(): void {
    for (const id of [...this.#searches.keys()]) this.#end(id);
  }

  #onChange({ id, program: { state, spec } }: ManagedProgram): void {
    const pattern = spec.ready?.log;
    if (pattern === undefined && this.#searches.size === 0) return;
    // Noted before the start, so that the first line counts, however soon it is written.
    const isLaunching =
      state.name === 'launching' || (state.name === 'running' && state.overlap?.stage === 'launching');
    if (isLaunching && pattern !== undefined) this.#ends.set(id, endOfLog(this.#logDirOf(id)));
    // A program that moves itself to the background prints before its main process is known.
    const run = state.name === 'starting' ? state.run : startingRunOf(state);
    if (run === null || pattern === undefined) {
      this.#end(id);
      return;
    }
    const known = this.#searches.get(id);
    if (known?.runNumber !== run.number) {
      this.#end(id);
      this.#begin(id, run, pattern);
    } else if (known.isFound && startingRunOf(state) !== null) this.#report(id, run, pattern);
  }

  #begin(id: string, run: Run, source: string): void {
    const search: Search = { runNumber: run.number, ended: new AbortController(), isFound: false };
    this.#searches.set(id, search);
    const after = this.#ends.get(id);
    this.#ends.delete(id);
    const from: LogStart =
      after === undefined || run.adopted ? { run: run.number, tail: MAX_LINES } : { run: run.number, tail: 0, after };
    void this.#find(id, { run, source, from }, search);
  }

  async #find(
    id: string,
    { run, source, from }: { readonly run: Run; readonly source: string; readonly from: LogStart },
    search: Search,
  ): Promise<void> {
    const { signal } = search.ended;
    try {
      const pattern = compilePattern(source);
      await followLog(
        this.#logDirOf(id),
        from,
        ({ lines }) => {
          if (!lines.some(({ text }) => pattern.test(sanitizeOutput(text.slice(0, MAX_CHARS))))) return;
          search.isFound = true;
          search.ended.abort();
        },
        signal,
      );
      if (search.isFound) this.#report(id, run, source);
    } catch (error) {
      this.#engine.post(id, { kind: 'becameReady', of: run, how: `its log cannot be searched (${messageOf(error)})` });
    }
  }

  #report(id: string, run: Run, source: string): void {
    this.#engine.post(id, { kind: 'becameReady', of: run, how: `a line of its output matched "${source}"` });
  }

  #end(id: string): void {
    this.#searches.get(id)?.ended.abort();
    this.#searches.delete(id);
  }
}
