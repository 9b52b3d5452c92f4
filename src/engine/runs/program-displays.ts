import { readFileSync, readlinkSync } from 'node:fs';
import { type Environment, splitPair } from '../../base/environment.ts';
import type { DisplayView } from '../../policy/display.ts';
import type { Run } from '../../policy/lifecycle/state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { namesUsableDisplay } from '../os/desktop-session.ts';
import { linksDisplayLibrary, mapsDisplayLibrary } from '../os/display-libraries.ts';

/** What this needs to know about programs that the engine starts. */
export interface DisplaysOfStarts {
  /** Returns whether a run that is started now reaches a display. */
  readonly displayOf: (spec: ProcessSpec) => DisplayView;
  /** Returns the file that was executed for the last run; null if this engine has started none. */
  readonly fileOf: (id: string) => string | null;
  /** Returns the environment of the last run; empty if this engine has started none. */
  readonly environmentOf: (id: string) => Environment;
}

/** What was read from an adopted process. After its exit, nothing can be read any more. */
interface AdoptedProcess {
  readonly pid: number;
  readonly file: string | null;
  readonly env: Environment;
  /** It has loaded a library of graphical programs. */
  readonly hasLoaded: boolean;
}

/** Knows which display a program uses, whether this engine has started it or has adopted it. */
export class ProgramDisplays {
  readonly #starts: DisplaysOfStarts;
  readonly #adopted = new Map<string, AdoptedProcess>();

  constructor(starts: DisplaysOfStarts) {
    this.#starts = starts;
  }

  /** Returns whether a run that is started now reaches a display. */
  ofNextRun(spec: ProcessSpec): DisplayView {
    return this.#starts.displayOf(spec);
  }

  /**
   * Returns the display that a run has used. After a logout, the next run would find none, although this one had found one. An
   * unmanaged process uses the display of the user who started it.
   */
  ofRun(spec: ProcessSpec, run: Pick<Run, 'pid' | 'foreign'>): DisplayView {
    const next = this.#starts.displayOf(spec);
    const adopted = this.#adoptedAs(spec.id, run.pid);
    const named = displayIn(adopted?.env ?? this.#starts.environmentOf(spec.id));
    if (run.foreign !== true || adopted === null) return { ...next, isNamed: next.isNamed || named !== '' };
    return {
      isNamed: named !== '',
      isReachable: named === '' || namesUsableDisplay(adopted.env),
      hasOutput: false,
      reason: next.isReachable ? `"${named}" does not accept connections` : next.reason,
    };
  }

  /** Returns whether a run uses libraries of graphical programs. */
  isGraphical(id: string, { pid }: Pick<Run, 'pid'>): boolean {
    const adopted = this.#adoptedAs(id, pid);
    const file = adopted === null ? this.#starts.fileOf(id) : adopted.file;
    return adopted?.hasLoaded === true || (file !== null && linksDisplayLibrary(file));
  }

  /** Reads what cannot be read after the exit of an adopted process. Without a display, this takes microseconds. */
  adopted(id: string, { pid }: Pick<Run, 'pid'>): void {
    const env = readEnvironment(pid);
    const hasLoaded = displayIn(env) !== '' && mapsDisplayLibrary(pid);
    this.#adopted.set(id, { pid, file: readExecutable(pid), env, hasLoaded });
  }

  forget(id: string): void {
    this.#adopted.delete(id);
  }

  #adoptedAs(id: string, pid: number): AdoptedProcess | null {
    const adopted = this.#adopted.get(id);
    return adopted?.pid === pid ? adopted : null;
  }
}

const USED = /^(?:DISPLAY|WAYLAND_DISPLAY|XDG_RUNTIME_DIR)=/;

/** Returns the variables that name a display; none if the process cannot be read. */
function readEnvironment(pid: number): Environment {
  try {
    const pairs = readFileSync(`/proc/${String(pid)}/environ`, 'utf8').split('\0');
    return Object.fromEntries(pairs.filter((pair) => USED.test(pair)).map(splitPair));
  } catch {
    return {};
  }
}

function readExecutable(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${String(pid)}/exe`);
  } catch {
    return null;
  }
}

function displayIn({ WAYLAND_DISPLAY = '', DISPLAY = '' }: Environment): string {
  return WAYLAND_DISPLAY === '' ? DISPLAY : WAYLAND_DISPLAY;
}
