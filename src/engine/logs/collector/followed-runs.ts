import type { ProcessIdentity } from '../../../base/process-identity.ts';
import { runKey, type RunRef } from '../../../protocol/run.ts';
import { descriptors } from '../../../base/descriptors.ts';
import type { Libc } from '../../../base/libc.ts';
import type { LogGap, LogSettings, WitnessedExit } from '../files/log-transport.ts';
import { LogWriter } from '../files/log-writer.ts';
import { RunMarks } from '../files/run-marks.ts';
import { isHeldFifo } from '../files/held-fifo.ts';
import { isOutputHeld } from '../files/run-pipes.ts';
import type { LossFile } from './loss-file.ts';
import type { ReadExit } from './exit-status.ts';
import { closeRun, type FollowedRun, openRun } from './followed-run.ts';
import type { FollowCommand, NoteCommand } from '../files/messages.ts';
import type { OutputPipe } from './output-pipe.ts';
import type { ProcessWatcher } from './process-watcher.ts';
import type { Pump } from './pump.ts';

export interface RunsListener {
  readonly onExit: (exit: WitnessedExit) => void;
  readonly onGap: (gap: LogGap) => void;
  /** The pipes of the run were removed. */
  readonly onReleased: (run: RunRef) => void;
  readonly onProblem: (message: string) => void;
}

interface WaitingRun {
  readonly command: FollowCommand;
  readonly engine: ProcessIdentity | null;
}

/** Two pipes and a pidfd. */
const DESCRIPTORS_PER_RUN = 3;
/** Free descriptors for the log file of a batch, and for the files of other processes. */
const KEPT_FREE = 6;

function describeShortage(limit: number): string {
  return `no file descriptors are left to follow more programs (limit ${String(limit)}): their output stays in their pipes until other programs exit; raise LimitNOFILE (ulimit -n) and restart the engine`;
}
export interface FollowedRunsParts {
  readonly libc: Libc;
  readonly pump: Pump;
  readonly watcher: ProcessWatcher;
  readonly losses: LossFile;
}

/** Neither the engine nor the program had its pipes open any more when the log collector opened them. */
const LOST_WITH_ENGINE = 'the program and the engine exited before the log collector could open its pipes';

/** All runs that the log collector follows, until no process can write to their pipes. */
export class FollowedRuns {
  readonly #libc: Libc;
  readonly #pump: Pump;
  readonly #watcher: ProcessWatcher;
  readonly #listener: RunsListener;
  readonly #runs = new Map<string, FollowedRun>();
  readonly #runOfPipe = new Map<OutputPipe, FollowedRun>();
  readonly #losing = new Set<LogWriter>();
  /** The runs by the pids of their main processes. */
  readonly #byPid = new Map<number, RunRef>();
  /** Runs that are not followed yet, because too few descriptors are free. */
  readonly #waiting = new Map<string, WaitingRun>();
  readonly #losses: LossFile;
  readonly #marks = new RunMarks();

  constructor({ libc, pump, watcher, losses }: FollowedRunsParts, listener: RunsListener) {
    this.#libc = libc;
    this.#pump = pump;
    this.#watcher = watcher;
    this.#losses = losses;
    this.#listener = listener;
  }

  get size(): number {
    return this.#runs.size + this.#waiting.size;
  }

  /** Whether any run has to wait for a descriptor. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Whether any log is currently not writable. */
  get isLosing(): boolean {
    return this.#losing.size > 0 || this.#losses.hasPending;
  }

  /** Returns the run whose main process has this pid. */
  findByPid(pid: number): RunRef | null {
    return this.#byPid.get(pid) ?? null;
  }

  names(): RunRef[] {
    const waiting = [...this.#waiting.values()].map(({ command: { id, run } }) => ({ id, run }));
    return [...[...this.#runs.values()].map(({ name }) => name), ...waiting];
  }

  has(name: RunRef): boolean {
    return this.#runs.has(runKey(name)) || this.#waiting.has(runKey(name));
  }

  /** Follows a run, or keeps it for later if too few descriptors are free: until then, its output stays in its pipes. */
  follow(command: FollowCommand, engine: ProcessIdentity | null): void {
    if (descriptors.hasRoom(DESCRIPTORS_PER_RUN, KEPT_FREE)) {
      this.#open(command, engine);
      return;
    }
    if (this.#waiting.size === 0) this.#listener.onProblem(describeShortage(descriptors.limit));
    const { lost, ...later } = command;
    // Stored now: the engine does not send it again.
    if (lost !== undefined) this.#losses.addUnknown({ ...later, reason: lost, fromWall: Date.now() });
    this.#waiting.set(runKey(command), { command: later, engine });
  }

  /** Follows the runs that had to wait, as far as there is room now. */
  followWaiting(): void {
    for (const [key, { command, engine }] of this.#waiting) {
      if (!descriptors.hasRoom(DESCRIPTORS_PER_RUN, KEPT_FREE)) return;
      this.#waiting.delete(key);
      this.#open(command, engine);
    }
  }

  #open(command: FollowCommand, engine: ProcessIdentity | null): void {
    const wasHeld = command.pipes === null || isOutputHeld(command.pipes, isHeldFifo);
    const run = openRun(command, {
      engine,
      libc: this.#libc,
      losses: this.#losses,
      marks: this.#marks,
      onGap: (gap) => this.#noteGap(run, gap),
      onProblem: this.#listener.onProblem,
    });
    this.#runs.set(runKey(command), run);
    for (const pipe of run.pipes) {
      this.#runOfPipe.set(pipe, run);
      this.#pump.add(pipe);
    }
    this.#watch(run, command);
    if (run.writer.isLosing) this.#losing.add(run.writer);
    const lost = command.lost ?? (run.stopWatching === null && !wasHeld ? LOST_WITH_ENGINE : null);
    if (lost !== null) this.#noteUnknownLoss(run, lost, Date.now());
    if (run.stopWatching === null) this.#processExited(run, { status: null });
  }

  /** Stored first: the log may not be writable now, and this process may be killed before it is. */
  #noteUnknownLoss({ name, writer, command: { logDir, log } }: FollowedRun, reason: string, nowWall: number): void {
    const loss = { ...name, reason, fromWall: nowWall };
    this.#losses.addUnknown({ ...loss, logDir, log });
    if (writer.noteUnknownLoss(reason, { fromWall: nowWall, nowWall })) this.#losses.removeUnknown(name);
    else this.#listener.onGap({ ...loss, lines: null, bytes: null, toWall: null });
  }

  /** Watches another process as the main process of a run that is followed already. Returns false if it is watched anyway. */
  rewatch(command: FollowCommand): boolean {
    const run = this.#runs.get(runKey(command));
    if (run === undefined || run.command.pid === command.pid) return false;
    run.stopWatching?.();
    if (this.#byPid.get(run.command.pid) === run.name) this.#byPid.delete(run.command.pid);
    run.command = { ...run.command, pid: command.pid, startTicks: command.startTicks };
    this.#watch(run, command);
    if (run.stopWatching === null) this.#processExited(run, { status: null });
    return true;
  }

  #watch(run: FollowedRun, process: ProcessIdentity): void {
    this.#byPid.set(process.pid, run.name);
    run.stopWatching = this.#watcher.watch(process, (exit) => this.#processExited(run, exit));
  }

  /** Stops waiting for the exit of a run, because the engine has recorded it. */
  forgetExit(name: RunRef): void {
    const run = this.#runs.get(runKey(name));
    run?.stopWatching?.();
    if (run !== undefined) run.stopWatching = null;
  }

  /** Moves all output written so far. The pipes are followed further while another process holds them open. */
  finish(name: RunRef): void {
    const waiting = this.#waiting.get(runKey(name));
    if (waiting !== undefined) {
      // Its output must be read now; the reserve allows for the two pipes of one run.
      this.#waiting.delete(runKey(name));
      this.#open(waiting.command, waiting.engine);
    }
    const run = this.#runs.get(runKey(name));
    if (run === undefined) return;
    for (const pipe of run.pipes) this.#pump.finish(pipe);
    if (run.pipes.size === 0) this.#release(run);
  }

  /** Finishes runs whose process has exited, when no engine is attached to do so. */
  finishExited(): void {
    for (const run of [...this.#runs.values()]) if (run.stopWatching === null) this.finish(run.name);
  }

  /** Writes lines that no pipe delivered. While the disk is full, lines of a run that is over are discarded. */
  note({ id, run, logDir, log, stream, text }: NoteCommand, nowWall: number): void {
    const known = this.#runs.get(runKey({ id, run }))?.writer;
    const writer = known ?? new LogWriter({ id, run }, logDir, log, () => undefined, { marks: this.#marks });
    writer.write({ stream, bytes: Buffer.from(text), tail: 'ends' }, nowWall, () => undefined);
  }

  changeSettings(id: string, log: LogSettings): void {
    for (const { name, writer } of this.#runs.values()) if (name.id === id) writer.settings = log;
    for (const [key, { command, engine }] of this.#waiting) {
      if (command.id === id) this.#waiting.set(key, { command: { ...command, log }, engine });
    }
  }

  /** Retries writes that failed because of a full disk. */
  retry(nowWall: number): void {
    for (const writer of [...this.#losing]) writer.retry(nowWall);
    this.#losses.retry(nowWall, this.#listener.onGap, this.#marks);
  }

  pipeClosed(pipe: OutputPipe): void {
    const run = this.#runOfPipe.get(pipe);
    this.#runOfPipe.delete(pipe);
    if (run?.pipes.delete(pipe) === true && run.pipes.size === 0) this.#release(run);
  }

  #processExited(run: FollowedRun, exit: ReadExit): void {
    run.stopWatching = null;
    this.#listener.onExit({ ...run.name, pid: run.command.pid, ...exit, atWall: Date.now() });
  }

  #release(run: FollowedRun): void {
    this.#runs.delete(runKey(run.name));
    if (this.#byPid.get(run.command.pid) === run.name) this.#byPid.delete(run.command.pid);
    closeRun(run, this.#losses, Date.now());
    this.#losing.delete(run.writer);
    this.#listener.onReleased(run.name);
  }

  #noteGap({ writer }: FollowedRun, gap: LogGap): void {
    if (gap.toWall === null) this.#losing.add(writer);
    else if (!writer.isLosing) this.#losing.delete(writer);
    this.#listener.onGap(gap);
  }
}
