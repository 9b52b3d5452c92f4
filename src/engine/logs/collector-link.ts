import type { ChildProcess } from 'node:child_process';
import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { within } from '../../base/within.ts';
import { ensureFolder } from '../../base/atomic-file.ts';
import { ensurePipesFolder } from '../../config/instance/pipes-folder.ts';
import { isSameFile } from '../../base/is-same-file.ts';
import type { Libc } from '../../base/libc.ts';
import { messageOf } from '../../base/thrown.ts';
import { toHealerError } from '../../protocol/errors.ts';
import { LineDecoder } from '../../protocol/framing.ts';
import { redirectCollector } from './redirect-collector.ts';
import { areLocksMissing, isCollectorAlive, wasCollectorKilled } from './files/collector-lock.ts';
import { type CollectorPaths, type CollectorSettings, collectorPathsOf } from './files/collector-paths.ts';
import { type CollectorCommand, type CollectorReport, parseReport } from './files/messages.ts';
import { LineOutbox } from './files/line-outbox.ts';
import { ensureFifo } from './files/make-fifo.ts';
import { readOnce } from './files/read-available.ts';
import { openFifo } from './files/run-pipes.ts';
import { type CollectorProgram, spawnCollector } from './spawn-collector.ts';

const FLUSH_MS = 5;
const REDIRECT_MS = 20;
const QUIT_TRIES = 3;
/** How long the kernel may take to end a log collector whose pipe is closed, on a busy machine. */
const DYING_MS = 2_000;

/** A log collector that dies is restarted immediately; if it keeps dying soon after its start, with increasing delays. */
const STABLE_MS = 5_000;
const DELAYS_MS = [0, 0, 50, 100, 200, 500, 1_000];
const LONGEST_DELAY_MS = 2_000;

export interface LinkListener {
  readonly onReport: (report: CollectorReport) => void;
  /** A new log collector is starting and knows no runs. */
  readonly onRestart: () => void;
  /** A log collector runs again after one was lost, for this reason. */
  readonly onRecovered: (reason: string) => void;
  /** No log collector can be started, for this reason. Reported once until one runs again. */
  readonly onLost: (reason: string) => void;
}

/** The engine's side of the two FIFOs; starts and restarts the log collector. */
export class CollectorLink {
  readonly #settings: CollectorSettings;
  readonly #program: CollectorProgram;
  readonly #listener: LinkListener;
  readonly #paths: CollectorPaths;
  #commandsFd: number;
  #outbox: LineOutbox;
  readonly #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  /** Null while the FIFO cannot be opened. */
  #reports: Socket | null;
  #flushing: NodeJS.Timeout | undefined;
  #restarting: NodeJS.Timeout | undefined;
  readonly #libc: Libc;
  #redirecting: NodeJS.Timeout | undefined;
  /** The log collector that this engine started last. */
  #child: ChildProcess | null = null;
  /** Whether the current log collector has responded. */
  #hasResponded = false;
  #startedAtMs = 0;
  #earlyExits = 0;
  /** Why the previous log collector was lost; null once the current one has responded. */
  #lossReason: string | null = null;
  #isLossReported = false;
  #isClosed = false;
  #onceGone: (() => void) | null = null;

  /** Whether a log collector of an earlier engine is running. */
  readonly foundAlive: boolean;

  constructor(settings: CollectorSettings, program: CollectorProgram, libc: Libc, listener: LinkListener) {
    this.#settings = settings;
    this.#program = program;
    this.#libc = libc;
    this.#listener = listener;
    this.#paths = collectorPathsOf(settings);
    this.#ensureFifos();
    this.#commandsFd = openFifo(this.#paths.commands);
    this.#outbox = new LineOutbox(this.#commandsFd);
    this.#reports = this.#listen();
    this.foundAlive = isCollectorAlive(this.#paths, libc);
    if (this.foundAlive) {
      // Terminates a message that a killed engine may have written in part.
      this.#outbox.send('');
      this.#redirectUntilResponse();
    } else this.#startCollector();
  }

  /** Returns false if FIFOs were removed through which the log collector and the next engine find each other. */
  isInPlace(): boolean {
    if (this.#isClosed) return true;
    return this.#areFifosInPlace() && !(this.#hasResponded && areLocksMissing(this.#paths));
  }

  /** Recreates the FIFOs and redirects the log collector to them. @throws Error if that fails */
  restore(): void {
    // A log collector that is starting creates them itself.
    if (this.#hasResponded && areLocksMissing(this.#paths)) this.send({ kind: 'restoreLocks' });
    if (this.#isClosed || this.#areFifosInPlace() || !isCollectorAlive(this.#paths, this.#libc)) return;
    const lost = this.#reports;
    const problem = this.#reopen();
    if (problem !== null) throw new Error(problem);
    lost?.destroy();
    this.#hasResponded = false;
    this.#redirectUntilResponse();
    this.#listener.onRestart();
  }

  #areFifosInPlace(): boolean {
    return isSameFile(this.#commandsFd, this.#paths.commands) && existsSync(this.#paths.reports);
  }

  /** Sends at the end of this turn without blocking, even before the log collector is ready. */
  send(command: CollectorCommand): void {
    if (this.#isClosed) return;
    if (this.#outbox.waitingBytes === 0) process.nextTick(() => this.#flush());
    this.#outbox.sendLater(JSON.stringify(command));
  }

  /**
   * Requests the exit of the log collector. Resolves once it has, or after `timeoutMs`. If it is killed meanwhile, another one
   * completes its work.
   */
  async quit(timeoutMs: number): Promise<void> {
    for (let tries = 1; !this.#isClosed; tries++) {
      const gone = new Promise<boolean>((resolve) => (this.#onceGone = () => resolve(true)));
      this.send({ kind: 'quit' });
      const isGone = await within(timeoutMs, gone, false);
      const wasKilled = await wasCollectorKilled(this.#paths, this.#libc, isGone ? DYING_MS : 0);
      if (tries === QUIT_TRIES || !wasKilled || !this.#startAnother()) return;
    }
  }

  /** Returns false if no log collector can be reached. */
  #startAnother(): boolean {
    this.#reports?.destroy();
    if (this.#reopen() !== null) return false;
    this.#restart(null);
    return true;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#flushing);
    clearTimeout(this.#restarting);
    clearInterval(this.#redirecting);
    this.#outbox.flush();
    this.#reports?.destroy();
    closeSync(this.#commandsFd);
  }

  #ensureFifos(): void {
    ensureFolder(this.#settings.runtimeDir);
    ensurePipesFolder(this.#settings.pipesDir);
    ensureFifo(this.#paths.commands, this.#libc);
    ensureFifo(this.#paths.reports, this.#libc);
  }

  /** Keeps redirecting: a log collector that is about to exit holds the lock until the end, but does not respond. */
  #redirectUntilResponse(): void {
    clearInterval(this.#redirecting);
    redirectCollector(this.#settings, this.#commandsFd);
    this.#redirecting = setInterval(() => {
      if (isCollectorAlive(this.#paths, this.#libc)) redirectCollector(this.#settings, this.#commandsFd);
      else this.#restartSoon(null, 0);
    }, REDIRECT_MS);
  }

  #flush(): void {
    if (this.#isClosed || this.#outbox.flush() || this.#flushing !== undefined) return;
    this.#flushing = setTimeout(() => {
      this.#flushing = undefined;
      this.#flush();
    }, FLUSH_MS);
  }

  /** Opens the reports for reading only, so that the stream ends when the log collector, its only writer, exits. */
  #listen(): Socket {
    const fd = openSync(this.#paths.reports, constants.O_RDONLY | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: true, writable: false });
    const decoder = new LineDecoder();
    socket.on('data', (chunk) => {
      for (const frame of decoder.push(chunk)) {
        const report = frame.kind === 'line' ? parseReport(frame.text) : null;
        if (report === null) continue;
        this.#noteResponse(report);
        this.#listener.onReport(report);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#hungUp(socket));
    return socket;
  }

  /** Only `attached` is certainly meant for this engine: the pipe may still contain reports for a killed engine. */
  #noteResponse(report: CollectorReport): void {
    if (report.kind !== 'attached' || report.pid !== this.#settings.engine.pid) return;
    clearInterval(this.#redirecting);
    this.#hasResponded = true;
    if (this.#lossReason !== null) this.#listener.onRecovered(this.#lossReason);
    this.#lossReason = null;
    this.#isLossReported = false;
  }

  /** Until a newly started log collector responds, a closed stream belongs to the previous one. */
  #hungUp(socket: Socket): void {
    if (this.#isClosed || socket !== this.#reports) return;
    if (this.#child === null || this.#hasResponded) this.#collectorGone('the log collector died');
    // A log collector that cannot be reached is useless; its exit triggers a restart.
    else if (this.#reopen() !== null) this.#child.kill('SIGKILL');
  }

  #startCollector(): void {
    this.#startedAtMs = performance.now();
    this.#hasResponded = false;
    try {
      const child = spawnCollector(this.#program, this.#settings);
      this.#child = child;
      this.#watchForExit(child);
    } catch (error) {
      // Node throws if there is not enough memory; other errors are events of the child.
      process.nextTick(() => this.#collectorGone(`cannot start the log collector: ${messageOf(error)}`));
    }
  }

  /** Detects a log collector that exits before it has responded, which the stream does not show. */
  #watchForExit(child: ChildProcess): void {
    const isCurrent = (): boolean => !this.#isClosed && child === this.#child;
    child.on('error', (error) => {
      if (isCurrent()) this.#collectorGone(`cannot start the log collector: ${error.message}`);
    });
    child.on('exit', (code, signal) => {
      if (!isCurrent()) return;
      if (code !== 0) this.#collectorGone(`the log collector died (${signal ?? `exit code ${String(code)}`})`);
      // Another log collector holds the lock: it responds, or is about to exit.
      else if (!this.#hasResponded) this.#redirectUntilResponse();
    });
  }

  /** May be called twice for one exit, by stream and process; the first call counts. */
  #collectorGone(reason: string): void {
    this.#child = null;
    if (this.#onceGone !== null) {
      this.#onceGone();
      return;
    }
    const isStable = performance.now() - this.#startedAtMs > STABLE_MS;
    this.#earlyExits = isStable ? 0 : this.#earlyExits + 1;
    const delayMs = DELAYS_MS[this.#earlyExits] ?? LONGEST_DELAY_MS;
    if (delayMs === LONGEST_DELAY_MS && !this.#isLossReported) {
      this.#isLossReported = true;
      this.#listener.onLost(reason);
    }
    this.#restartSoon(reason, delayMs);
  }

  #restartSoon(reason: string | null, delayMs: number): void {
    clearInterval(this.#redirecting);
    clearTimeout(this.#restarting);
    const dead = this.#reports;
    const problem = this.#reopen();
    dead?.destroy();
    this.#restarting =
      problem === null
        ? setTimeout(() => this.#restart(reason), delayMs)
        : setTimeout(() => this.#restartSoon(`cannot reach the log collector: ${problem}`, 0), LONGEST_DELAY_MS);
  }

  /** Opens the FIFOs for another log collector and recreates removed ones. Returns the problem, or null. */
  #reopen(): string | null {
    try {
      this.#ensureFifos();
      if (!isSameFile(this.#commandsFd, this.#paths.commands)) {
        const lost = this.#commandsFd;
        this.#commandsFd = openFifo(this.#paths.commands);
        this.#outbox = new LineOutbox(this.#commandsFd);
        closeSync(lost);
      }
      this.#reports = this.#listen();
      return null;
    } catch (error) {
      this.#reports = null;
      return toHealerError(error).message;
    }
  }

  /** Discards unread commands, since the new log collector receives everything again. */
  #restart(reason: string | null): void {
    this.#lossReason ??= reason;
    this.#outbox.forget();
    while (readOnce(this.#commandsFd, this.#buffer) > 0);
    this.#startCollector();
    this.#listener.onRestart();
  }
}
