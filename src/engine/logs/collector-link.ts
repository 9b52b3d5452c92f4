import type { ChildProcess } from 'node:child_process';
import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { ensureFolder } from '../../base/atomic-file.ts';
import { isSameFile } from '../../base/is-same-file.ts';
import type { Libc } from '../../base/libc.ts';
import { toHealerError } from '../../protocol/errors.ts';
import { LineDecoder } from '../../protocol/framing.ts';
import { callCollector } from './call-collector.ts';
import { isCollectorAlive } from './files/collector-lock.ts';
import { type CollectorPaths, type CollectorSettings, collectorPathsOf } from './files/collector-paths.ts';
import { type CollectorCommand, type CollectorReport, parseReport } from './files/messages.ts';
import { LineOutbox } from './files/line-outbox.ts';
import { ensureFifo } from './files/make-fifo.ts';
import { readOnce } from './files/read-available.ts';
import { openFifo } from './files/run-pipes.ts';
import { type CollectorProgram, spawnCollector } from './spawn-collector.ts';

const FLUSH_MS = 5;
const CALL_MS = 20;

/** A collector that dies is started again at once; one that keeps dying soon after its start, less and less often. */
const STABLE_MS = 5_000;
const DELAYS_MS = [0, 0, 50, 100, 200, 500, 1_000];
const LONGEST_DELAY_MS = 2_000;

export interface LinkListener {
  readonly onReport: (report: CollectorReport) => void;
  /** A new collector is being started; it knows of nothing yet. Null when the one before had nothing to do any more. */
  readonly onRestart: (reason: string | null) => void;
}

/** The engine's end of the two FIFOs, and the life of the collector behind them. */
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
  #calling: NodeJS.Timeout | undefined;
  /** The collector that we started last. */
  #child: ChildProcess | null = null;
  /** Whether the present collector has answered us. */
  #isHeard = false;
  #startedAtMs = 0;
  #quickDeaths = 0;
  #isClosed = false;
  #onceGone: (() => void) | null = null;

  /** Whether a collector of an earlier engine is at work. */
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
    this.foundAlive = isCollectorAlive(this.#paths.lock, libc);
    if (this.foundAlive) {
      // Ends what an engine that was killed may have left half written.
      this.#outbox.send('');
      this.#callUntilHeard();
    } else this.#startCollector();
  }

  /** False when somebody removed what collector and engine need to find each other after a death of one. */
  isInPlace(): boolean {
    return this.#isClosed || (isSameFile(this.#commandsFd, this.#paths.commands) && existsSync(this.#paths.reports));
  }

  /** Makes it again and has the collector come there. */
  restore(): void {
    // One that is being started makes what it needs.
    if (this.isInPlace() || !isCollectorAlive(this.#paths.lock, this.#libc)) return;
    const lost = this.#reports;
    const problem = this.#reopen();
    if (problem !== null) throw new Error(problem);
    lost?.destroy();
    this.#isHeard = false;
    this.#callUntilHeard();
    this.#listener.onRestart(null);
  }

  /** Never waits; works before the collector is up. */
  send(command: CollectorCommand): void {
    if (this.#isClosed) return;
    this.#outbox.send(JSON.stringify(command));
    this.#flushSoon();
  }

  /** Resolves when the collector has gone, or after `timeoutMs`. */
  async quit(timeoutMs: number): Promise<void> {
    if (this.#isClosed) return;
    const isGone = new Promise<void>((resolve) => (this.#onceGone = resolve));
    this.send({ kind: 'quit' });
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([isGone, new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
    clearTimeout(timer);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#flushing);
    clearTimeout(this.#restarting);
    clearInterval(this.#calling);
    this.#outbox.flush();
    this.#reports?.destroy();
    closeSync(this.#commandsFd);
  }

  #ensureFifos(): void {
    ensureFolder(this.#settings.runtimeDir);
    ensureFolder(this.#settings.pipesDir);
    ensureFifo(this.#paths.commands, this.#libc);
    ensureFifo(this.#paths.reports, this.#libc);
  }

  /** One that is just about to go holds the lock until its very end, and will not answer. */
  #callUntilHeard(): void {
    clearInterval(this.#calling);
    callCollector(this.#settings, this.#commandsFd);
    this.#calling = setInterval(() => {
      if (isCollectorAlive(this.#paths.lock, this.#libc)) callCollector(this.#settings, this.#commandsFd);
      else this.#restartSoon(null, 0);
    }, CALL_MS);
  }

  #flushSoon(): void {
    if (this.#outbox.waitingBytes === 0 || this.#flushing !== undefined) return;
    this.#flushing = setTimeout(() => {
      this.#flushing = undefined;
      this.#outbox.flush();
      this.#flushSoon();
    }, FLUSH_MS);
  }

  /** Open for reading only: when the collector, the one that writes, is gone, the stream ends. */
  #listen(): Socket {
    const fd = openSync(this.#paths.reports, constants.O_RDONLY | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: true, writable: false });
    const decoder = new LineDecoder();
    socket.on('data', (chunk) => {
      for (const frame of decoder.push(chunk)) {
        const report = frame.kind === 'line' ? parseReport(frame.text) : null;
        if (report === null) continue;
        this.#noteAnswer(report);
        this.#listener.onReport(report);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#hungUp(socket));
    return socket;
  }

  /** Only this one is meant for us for sure: the pipe may still hold what was said to an engine that was killed. */
  #noteAnswer(report: CollectorReport): void {
    if (report.kind !== 'attached' || report.pid !== this.#settings.engine.pid) return;
    clearInterval(this.#calling);
    this.#isHeard = true;
  }

  /** While the collector that we started has not spoken, this can only be the last of the one before it. */
  #hungUp(socket: Socket): void {
    if (this.#isClosed || socket !== this.#reports) return;
    if (this.#child === null || this.#isHeard) this.#collectorGone('the log collector died');
    // One that will not be heard is of no use; its end is noticed.
    else if (this.#reopen() !== null) this.#child.kill('SIGKILL');
  }

  #startCollector(): void {
    this.#startedAtMs = performance.now();
    const child = spawnCollector(this.#program, this.#settings);
    this.#child = child;
    this.#isHeard = false;
    this.#noticeEnd(child);
  }

  /** A collector that ends before it speaks leaves no other sign. */
  #noticeEnd(child: ChildProcess): void {
    const isCurrent = (): boolean => !this.#isClosed && child === this.#child;
    child.on('error', (error) => {
      if (isCurrent()) this.#collectorGone(`the log collector cannot be started: ${error.message}`);
    });
    child.on('exit', (code, signal) => {
      if (!isCurrent()) return;
      if (code !== 0) this.#collectorGone(`the log collector died (${signal ?? `exit code ${String(code)}`})`);
      // Another one holds the lock: it speaks, or it is about to go.
      else if (!this.#isHeard) this.#callUntilHeard();
    });
  }

  /** Both signs may come for the same death; the first one counts. */
  #collectorGone(reason: string): void {
    this.#child = null;
    if (this.#onceGone !== null) {
      this.#onceGone();
      return;
    }
    const isStable = performance.now() - this.#startedAtMs > STABLE_MS;
    this.#quickDeaths = isStable ? 0 : this.#quickDeaths + 1;
    this.#restartSoon(reason, DELAYS_MS[this.#quickDeaths] ?? LONGEST_DELAY_MS);
  }

  #restartSoon(reason: string | null, delayMs: number): void {
    clearInterval(this.#calling);
    clearTimeout(this.#restarting);
    const dead = this.#reports;
    const problem = this.#reopen();
    dead?.destroy();
    this.#restarting =
      problem === null
        ? setTimeout(() => this.#restart(reason), delayMs)
        : setTimeout(
            () => this.#restartSoon(`the log collector could not be reached: ${problem}`, 0),
            LONGEST_DELAY_MS,
          );
  }

  /** Opens the FIFOs for another collector; they may have been cleaned away. Gives why that is not possible. */
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

  /** What the dead one has not read, it will be told again. */
  #restart(reason: string | null): void {
    this.#outbox.forget();
    while (readOnce(this.#commandsFd, this.#buffer) > 0);
    this.#startCollector();
    this.#listener.onRestart(reason);
  }
}
