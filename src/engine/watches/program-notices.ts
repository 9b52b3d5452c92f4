import { cutText } from '../../base/cut-text.ts';
import { readProcStat } from '../../base/proc-stat.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { isSearching, isUp, type Run, runOf, startingRunOf } from '../../policy/lifecycle/state.ts';
import { type ProgramStatement, statementsIn } from '../../policy/notices.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { ProgramNotice } from '../logs/files/log-transport.ts';
import type { RunMarks } from '../os/run-mark.ts';
import type { WatchdogTimers } from './watchdog-timers.ts';

const MAX_STATUS_CHARS = 256;
/** Processes between the sender and the main process of its run. */
const MAX_GENERATIONS = 16;

/** What a run has stated about itself. */
interface Stated {
  isReady: boolean;
  status: string | null;
  /** What it is doing. */
  phase: 'reloading' | 'stopping' | null;
}

interface ProgramNoticesParts {
  readonly engine: Pick<Engine, 'post' | 'programs' | 'findByPid' | 'onChange' | 'onForgotten'>;
  readonly marks: Pick<RunMarks, 'ownerOfPid'>;
  readonly watchdogs: WatchdogTimers;
  /** The row of a program shows something else. */
  readonly onShown: (id: string) => void;
}

/** Acts on what programs state about themselves through their notification socket, or a pipe for their readiness. */
export class ProgramNotices {
  readonly #parts: ProgramNoticesParts;
  /** By program and number of the run. */
  readonly #stated = new Map<string, Map<number, Stated>>();
  #ignored = 0;

  constructor(parts: ProgramNoticesParts) {
    this.#parts = parts;
    parts.engine.onChange.add((entry) => this.#onChange(entry));
    parts.engine.onForgotten.add(({ id }) => {
      this.#stated.delete(id);
      parts.watchdogs.end(id);
    });
  }

  /** Number of messages that were ignored, because their senders belong to no program that sends notifications. */
  get ignored(): number {
    return this.#ignored;
  }

  take(notice: ProgramNotice): void {
    const entry = this.#programOf(notice);
    const number = notice.run?.run ?? (entry === null ? undefined : runOf(entry.program.state)?.number);
    if (entry === null || number === undefined || !takesNotices(entry.program.spec)) {
      this.#ignored += 1;
      return;
    }
    const stated = this.#statedBy(entry.id, number);
    for (const statement of statementsIn(notice.text)) this.#apply(entry, number, stated, statement);
  }

  #apply(entry: ManagedProgram, number: number, stated: Stated, statement: ProgramStatement): void {
    const { engine, watchdogs, onShown } = this.#parts;
    const run = runOf(entry.program.state);
    const isCurrent = run?.number === number;
    switch (statement.kind) {
      case 'ready':
        stated.isReady = true;
        stated.phase = null;
        this.#reportReady(entry);
        break;
      case 'status':
        stated.status = statement.text === '' ? null : cutText(sanitizeText(statement.text), MAX_STATUS_CHARS);
        break;
      case 'reloading':
      case 'stopping':
        stated.phase = statement.kind;
        break;
      case 'extend':
        if (isCurrent) engine.post(entry.id, { kind: 'timeoutExtended', of: run, extraMs: statement.ms });
        return;
      case 'main':
        if (isCurrent) this.#changeMain(entry, run, statement.pid);
        return;
      case 'watchdog':
        if (isCurrent) watchdogs.take(entry, run, statement);
        return;
    }
    if (stated.phase === 'stopping') watchdogs.end(entry.id);
    this.#show(entry);
    onShown(entry.id);
  }

  /** Shows what the current run states. */
  #show(entry: ManagedProgram): void {
    const stated = this.#stated.get(entry.id)?.get(runOf(entry.program.state)?.number ?? 0);
    const parts = [stated?.phase, stated?.status].filter((part) => part !== null && part !== undefined);
    entry.stated = parts.length === 0 ? null : parts.join(': ');
  }

  #onChange(entry: ManagedProgram): void {
    const { id, program } = entry;
    const known = this.#stated.get(id);
    if (program.spec.watchdogMs !== null) this.#parts.watchdogs.onChange(entry);
    if (known === undefined) return;
    const run = runOf(program.state);
    // Those of earlier runs are of no interest; a later one may be starting beside this one.
    for (const number of known.keys()) if (run === null || number < run.number) known.delete(number);
    if (known.size === 0) this.#stated.delete(id);
    else this.#reportReady(entry);
    this.#show(entry);
  }

  #reportReady(entry: ManagedProgram): void {
    const how = describeReady(entry.program.spec);
    const run = startingRunOf(entry.program.state);
    if (run === null || how === null) return;
    if (this.#stated.get(entry.id)?.get(run.number)?.isReady !== true) return;
    this.#parts.engine.post(entry.id, { kind: 'becameReady', of: run, how });
  }

  /** A process is followed only if it belongs to the program. */
  #changeMain({ id, program: { state } }: ManagedProgram, run: Run, pid: number): void {
    if (pid === run.pid && !isSearching(state)) return;
    const stat = readProcStat(pid);
    if (stat === null || !(this.#isOfProgram(pid, id) || isDescendant(pid, run.pid))) return;
    const main = { pid, startTicks: stat.startTicks };
    const { engine } = this.#parts;
    if (isSearching(state)) engine.post(id, { kind: 'mainFound', of: run, ...main, source: 'by MAINPID' });
    else if (isUp(state)) engine.post(id, { kind: 'mainChanged', of: run, ...main });
  }

  #isOfProgram(pid: number, id: string): boolean {
    const owner = this.#parts.marks.ownerOfPid(pid);
    return owner?.kind === 'run' && owner.id === id;
  }

  /** Returns the program whose process sent a message; null if it was sent by any other process. */
  #programOf({ run, pid }: ProgramNotice): ManagedProgram | null {
    const { engine, marks } = this.#parts;
    if (run !== null) return engine.programs.get(run.id) ?? null;
    const owner = marks.ownerOfPid(pid);
    if (owner?.kind === 'run') return engine.programs.get(owner.id) ?? null;
    const stat = readProcStat(pid);
    return engine.findByPid(pid) ?? (stat === null ? null : (engine.findByPid(stat.sessionId) ?? null));
  }

  #statedBy(id: string, run: number): Stated {
    const runs = this.#stated.get(id) ?? new Map<number, Stated>();
    this.#stated.set(id, runs);
    const stated = runs.get(run) ?? { isReady: false, status: null, phase: null };
    runs.set(run, stated);
    return stated;
  }
}

function takesNotices({ ready, watchdogMs }: ProcessSpec): boolean {
  return watchdogMs !== null || describeReady({ ready }) !== null;
}

/** Returns how a program says that it is ready; null if something else decides. */
function describeReady({ ready }: Pick<ProcessSpec, 'ready'>): string | null {
  if (ready?.notify === true) return 'it sent READY=1';
  if (ready?.fd !== undefined) return `it wrote a newline to descriptor ${String(ready.fd)}`;
  return ready?.message === undefined ? null : `it sent the message "${ready.message}"`;
}

function isDescendant(pid: number, ancestor: number): boolean {
  let current = pid;
  for (let generation = 0; generation < MAX_GENERATIONS && current > 1; generation++) {
    if (current === ancestor) return true;
    const stat = readProcStat(current);
    if (stat === null) return false;
    if (stat.sessionId === ancestor) return true;
    current = stat.parentPid;
  }
  return false;
}
