import { rmSync } from 'node:fs';
import type { ProcessIdentity } from '../../../base/process-identity.ts';
import type { RunRef } from '../../../protocol/run.ts';
import { descriptors } from '../../../base/descriptors.ts';
import type { Libc } from '../../../base/libc.ts';
import { messageOf } from '../../../base/thrown.ts';
import type { LogGap, WitnessedExit } from '../files/log-transport.ts';
import { pipePathsOf, unlinkPipes } from '../files/run-pipes.ts';
import { EngineLine } from './engine-line.ts';
import { ExitLedger } from './exit-ledger.ts';
import { FollowedRuns } from './followed-runs.ts';
import type { LossFile } from './loss-file.ts';
import { Journal } from './journal.ts';
import type { CollectorLock } from '../files/collector-lock.ts';
import { type CollectorPaths, type CollectorSettings, collectorPathsOf } from '../files/collector-paths.ts';
import { type FollowCommand, COLLECTOR_VERSION, type CollectorCommand } from '../files/messages.ts';
import { FAILURE_MS, FLUSH_MS, gatherMs, LINGER_MS, MAX_GAPS, TICK_MS } from './pace.ts';
import { Poller } from './poller.ts';
import { ProcessWatcher } from './process-watcher.ts';
import { Pump } from './pump.ts';
import { RunSignals } from './run-signals.ts';

/** Never notified: waiting on it is a synchronous sleep. */
const sleepCell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

export interface CollectorParts {
  readonly settings: CollectorSettings;
  readonly lock: CollectorLock;
  readonly libc: Libc;
  readonly losses: LossFile;
  readonly onProblem: (message: string) => void;
}

/**
 * Moves the output of programs into their logs and records their exits, with or without an engine. A synchronous loop
 * around epoll(7): each step completes before the next one begins, so no two operations on a run overlap.
 */
export class Collector {
  #settings: CollectorSettings;
  readonly #poller: Poller;
  readonly #pump: Pump;
  readonly #watcher: ProcessWatcher;
  readonly #ledger: ExitLedger;
  #line: EngineLine;
  readonly #runs: FollowedRuns;
  readonly #signals: RunSignals;
  readonly #journal: Journal;
  readonly #losses: LossFile;
  readonly #lock: CollectorLock;
  readonly #libc: Libc;
  readonly #onProblem: (message: string) => void;
  /** Stops watching the engine; null while no engine is running. */
  #unwatchEngine: (() => void) | null = null;
  /** Gaps that no engine has recorded yet. */
  #openGaps: LogGap[] = [];
  #isQuitting = false;
  /** What was reported last, so that it is reported once. */
  #failure = '';
  #nextTickMs = 0;
  #lingerUntilMs = 0;

  constructor({ settings, lock, libc, losses, onProblem }: CollectorParts) {
    const paths = collectorPathsOf(settings);
    this.#settings = settings;
    this.#losses = losses;
    this.#lock = lock;
    this.#libc = libc;
    this.#onProblem = onProblem;
    this.#poller = new Poller(libc);
    this.#journal = new Journal(paths.journal, libc, onProblem);
    this.#pump = new Pump(libc, this.#poller, this.#journal, (pipe) => this.#runs.pipeClosed(pipe));
    this.#watcher = new ProcessWatcher(libc, this.#poller);
    this.#ledger = new ExitLedger(paths.exits, onProblem);
    this.#line = this.#openLine(paths);
    const reportProblem = (message: string): void => {
      onProblem(message);
      this.#line.send({ kind: 'trouble', message });
    };
    this.#runs = new FollowedRuns(
      { libc, pump: this.#pump, watcher: this.#watcher, losses },
      {
        onExit: (exit) => this.#exited(exit),
        onGap: (gap) => this.#reportGap(gap),
        onReleased: (name) => {
          this.#signals.release(name);
          this.#line.send({ kind: 'released', ...name });
        },
        onProblem: reportProblem,
      },
    );
    this.#signals = new RunSignals({
      ...{ libc, poller: this.#poller },
      runOf: (pid) => this.#runs.findByPid(pid),
      onNotice: (notice) => this.#line.send({ kind: 'noticed', notice }),
      onProblem: reportProblem,
    });
    this.#watchEngine(settings.engine);
  }

  /** Clients wait at listening sockets for the next engine, which is about to start if it is restarted. */
  get #isLingering(): boolean {
    return this.#signals.hasListening && performance.now() < this.#lingerUntilMs;
  }

  /** Runs until nothing is left to do, or an engine sends `quit`. */
  run(): void {
    while (!this.#isQuitting && (this.#unwatchEngine !== null || this.#runs.size > 0 || this.#isLingering))
      this.#attempt(() => this.#step());
    this.#pump.settle();
    this.#signals.close(collectorPathsOf(this.#settings).handoff);
    this.#ledger.save();
    this.#line.flush();
    // The journal is empty between batches, and this process owns it as long as it holds the lock.
    rmSync(collectorPathsOf(this.#settings).journal, { force: true });
  }

  /** Survives what cannot be done, for example because no descriptor is free: everything else continues. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      const message = messageOf(error);
      if (message !== this.#failure) this.#onProblem(`a step failed and is not repeated: ${message}`);
      this.#failure = message;
      Atomics.wait(sleepCell, 0, 0, FAILURE_MS);
    }
  }

  #step(): void {
    for (const readiness of this.#poller.wait(this.#timeoutMs())) {
      if (!this.#poller.isCurrent(readiness)) continue;
      const { fd, isHungUp } = readiness;
      if (fd === this.#line.commandsFd) {
        for (const command of this.#line.read()) this.#attempt(() => this.#execute(command));
      } else if (!this.#pump.notice(fd, isHungUp))
        this.#attempt(() => this.#watcher.notice(fd) || this.#signals.notice(fd));
    }
    const isPressed = this.#pump.turn(performance.now());
    if (!isPressed && !this.#pump.isIdle) Atomics.wait(sleepCell, 0, 0, gatherMs(this.#pump.readyPipes));
    this.#line.flush();
    this.#tick(performance.now());
  }

  /** Returns the time until the next step that no event triggers; -1 waits indefinitely. */
  #timeoutMs(): number {
    if (!this.#pump.isIdle) return 0;
    const isHolding = this.#isLingering || this.#signals.hasEndpoints;
    const mustTick = isHolding || this.#watcher.mustPoll || this.#runs.isLosing || this.#runs.isWaiting;
    const dueMs = Math.min(this.#pump.nextDueMs(), mustTick ? this.#nextTickMs : Infinity);
    const waitMs = Math.min(dueMs - performance.now(), this.#line.isFlushed ? Infinity : FLUSH_MS);
    return waitMs === Infinity ? -1 : Math.max(0, Math.ceil(waitMs));
  }

  #tick(nowMs: number): void {
    if (nowMs < this.#nextTickMs) return;
    this.#nextTickMs = nowMs + TICK_MS;
    descriptors.refresh();
    this.#watcher.poll();
    if (this.#unwatchEngine === null && nowMs >= this.#lingerUntilMs) this.#signals.closeEndpoints();
    this.#runs.followWaiting();
    this.#runs.retry(Date.now());
  }

  #execute(command: CollectorCommand): void {
    switch (command.kind) {
      case 'attach':
        this.#attach(command);
        return;
      case 'detach':
        this.#engineGone();
        return;
      case 'follow':
        this.#follow(command);
        return;
      case 'ended':
        this.#ended(command);
        return;
      case 'gapRecorded':
        this.#gapRecorded(command);
        return;
      case 'note':
        this.#runs.note(command, Date.now());
        return;
      case 'settings':
        this.#runs.changeSettings(command.id, command.log);
        return;
      case 'move':
        this.#move(command);
        return;
      case 'openHandoff':
        this.#signals.open(collectorPathsOf(this.#settings).handoff);
        this.#line.send({ kind: 'handoffOpen' });
        return;
      case 'restoreLocks':
        this.#restore(collectorPathsOf(this.#settings));
        return;
      case 'quit':
        this.#isQuitting = true;
        return;
    }
  }

  #openLine(paths: CollectorPaths): EngineLine {
    const line = new EngineLine(paths, this.#libc, (text) => this.#onProblem(`not a command: ${text.slice(0, 200)}`));
    this.#poller.add(line.commandsFd, 'level');
    this.#lock.publishCommands(line.commandsFd);
    return line;
  }

  /** Switches to the FIFOs that the engine created in another folder. */
  #move({ runtimeDir, pipesDir }: Pick<CollectorSettings, 'runtimeDir' | 'pipesDir'>): void {
    const previous = this.#line;
    try {
      const settings = { ...this.#settings, runtimeDir, pipesDir };
      const paths = collectorPathsOf(settings);
      this.#line = this.#openLine(paths);
      this.#settings = settings;
      this.#restore(paths);
    } catch (error) {
      this.#onProblem(`cannot move to "${runtimeDir}": ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    this.#poller.remove(previous.commandsFd);
    previous.close();
  }

  /** Puts the files that the next log collector needs back in their places. */
  #restore(paths: CollectorPaths): void {
    this.#journal.moveTo(paths.journal);
    this.#losses.moveTo(paths.losses);
    this.#lock.restore(paths);
  }

  #attach(engine: ProcessIdentity): void {
    this.#watchEngine(engine);
    if (this.#unwatchEngine === null) return;
    this.#line.attach();
    const [runs, exits] = [this.#runs.names(), this.#ledger.list()];
    this.#line.send({ kind: 'attached', pid: engine.pid, version: COLLECTOR_VERSION, runs, exits });
    for (const gap of this.#openGaps) this.#line.send({ kind: 'gap', gap });
    this.#signals.repeat();
  }

  #watchEngine(engine: ProcessIdentity): void {
    this.#unwatchEngine?.();
    this.#settings = { ...this.#settings, engine };
    this.#unwatchEngine = this.#watcher.watch(engine, () => this.#engineGone());
    if (this.#unwatchEngine === null) this.#engineGone();
  }

  #engineGone(): void {
    this.#unwatchEngine?.();
    this.#unwatchEngine = null;
    this.#lingerUntilMs = performance.now() + LINGER_MS;
    this.#line.detach();
    this.#ledger.save();
    this.#runs.finishExited();
  }

  #follow(command: FollowCommand): void {
    const engine = this.#unwatchEngine === null ? null : this.#settings.engine;
    // The exit of the process that started a daemon is not the exit of its run.
    if (this.#runs.rewatch(command)) this.#ledger.acknowledge(command);
    if (this.#runs.has(command)) this.#runs.changeSettings(command.id, command.log);
    else this.#runs.follow(command, engine);
    this.#signals.follow(command, engine);
    this.#line.send({ kind: 'following', id: command.id, run: command.run });
  }

  /** The engine has recorded the exit, so it is not reported again. */
  #ended({ id, run }: RunRef): void {
    this.#ledger.acknowledge({ id, run });
    this.#runs.forgetExit({ id, run });
    const isFollowed = this.#runs.has({ id, run });
    this.#runs.finish({ id, run });
    this.#line.send({ kind: 'drained', id, run });
    if (isFollowed) return;
    unlinkPipes(pipePathsOf(this.#settings.pipesDir, id, run));
    this.#line.send({ kind: 'released', id, run });
  }

  /** Keeps a gap that ended until an engine has recorded it. The log of the program states it in any case. */
  #reportGap(gap: LogGap): void {
    this.#line.send({ kind: 'gap', gap });
    if (gap.toWall !== null && this.#openGaps.length < MAX_GAPS) this.#openGaps.push(gap);
  }

  #gapRecorded({ id, run, fromWall }: Extract<CollectorCommand, { kind: 'gapRecorded' }>): void {
    this.#openGaps = this.#openGaps.filter((gap) => gap.id !== id || gap.run !== run || gap.fromWall !== fromWall);
  }

  #exited(exit: WitnessedExit): void {
    this.#ledger.add(exit, this.#unwatchEngine !== null);
    this.#line.send({ kind: 'exited', exit });
    if (this.#unwatchEngine === null) this.#runs.finish(exit);
  }
}
