import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { ensureFolder } from '../../base/atomic-file.ts';
import type { Libc } from '../../base/libc.ts';
import { LineDecoder } from '../../protocol/framing.ts';
import { isKeeperAlive } from './keeper/keeper-lock.ts';
import { type KeeperPaths, type KeeperSettings, keeperPathsOf } from './keeper/keeper-paths.ts';
import { type KeeperCommand, type KeeperReport, parseReport } from './keeper/messages.ts';
import { LineOutbox } from './line-outbox.ts';
import { ensureFifo } from './make-fifo.ts';
import { readOnce } from './read-available.ts';
import { openFifo } from './run-pipes.ts';

const FLUSH_MS = 5;
const CONFIRM_MS = 20;

/** A keeper that dies is started again at once; one that keeps dying soon after its start, less and less often. */
const STABLE_MS = 5_000;
const DELAYS_MS = [0, 0, 50, 100, 200, 500, 1_000];
const LONGEST_DELAY_MS = 2_000;

/** Kept small: the keeper holds no more than a batch in memory. */
const NODE_OPTIONS = ['--max-semi-space-size=2', '--max-old-space-size=64', '--v8-pool-size=1', '--no-warnings'];

export interface KeeperProgram {
  /** The bundled keeper. */
  readonly path: string;
  /** Where it prints; the engine's own log. */
  readonly outputFd: number | 'ignore';
}

export interface LinkListener {
  readonly onReport: (report: KeeperReport) => void;
  /** A new keeper is being started; it knows of nothing yet. Null when the one before had nothing to do any more. */
  readonly onRestart: (reason: string | null) => void;
}

/** The engine's end of the two FIFOs, and the life of the keeper behind them. */
export class KeeperLink {
  readonly #settings: KeeperSettings;
  readonly #program: KeeperProgram;
  readonly #listener: LinkListener;
  readonly #paths: KeeperPaths;
  readonly #commandsFd: number;
  readonly #outbox: LineOutbox;
  readonly #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #reports: Socket;
  #flushing: NodeJS.Timeout | undefined;
  #restarting: NodeJS.Timeout | undefined;
  readonly #confirming: NodeJS.Timeout | undefined;
  #startedAtMs = 0;
  #quickDeaths = 0;
  #isClosed = false;
  #onceGone: (() => void) | null = null;

  /** Whether a keeper of an earlier engine is at work. */
  readonly foundAlive: boolean;

  constructor(settings: KeeperSettings, program: KeeperProgram, libc: Libc, listener: LinkListener) {
    this.#settings = settings;
    this.#program = program;
    this.#listener = listener;
    this.#paths = keeperPathsOf(settings);
    ensureFolder(settings.runtimeDir);
    ensureFolder(settings.pipesDir);
    ensureFifo(this.#paths.commands, libc);
    ensureFifo(this.#paths.reports, libc);
    this.#commandsFd = openFifo(this.#paths.commands);
    this.#outbox = new LineOutbox(this.#commandsFd);
    this.#reports = this.#listen();
    this.foundAlive = isKeeperAlive(this.#paths.lock, libc);
    // Ends what an engine that was killed may have left half written.
    if (this.foundAlive) this.#outbox.send('');
    else this.#startKeeper();
    this.#confirming = this.foundAlive ? setInterval(() => this.#confirm(libc), CONFIRM_MS) : undefined;
  }

  /** Never waits; works before the keeper is up. */
  send(command: KeeperCommand): void {
    if (this.#isClosed) return;
    this.#outbox.send(JSON.stringify(command));
    this.#flushSoon();
  }

  /** Resolves when the keeper has gone, or after `timeoutMs`. */
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
    clearInterval(this.#confirming);
    this.#outbox.flush();
    this.#reports.destroy();
    closeSync(this.#commandsFd);
  }

  /** One that was just about to go holds the lock until its very end, and will not answer. */
  #confirm(libc: Libc): void {
    if (!isKeeperAlive(this.#paths.lock, libc)) this.#restartSoon(null, 0);
  }

  #flushSoon(): void {
    if (this.#outbox.waitingBytes === 0 || this.#flushing !== undefined) return;
    this.#flushing = setTimeout(() => {
      this.#flushing = undefined;
      this.#outbox.flush();
      this.#flushSoon();
    }, FLUSH_MS);
  }

  /** Open for reading only: when the keeper, the one that writes, is gone, the stream ends. */
  #listen(): Socket {
    const fd = openSync(this.#paths.reports, constants.O_RDONLY | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: true, writable: false });
    const decoder = new LineDecoder();
    socket.on('data', (chunk) => {
      for (const frame of decoder.push(chunk)) {
        const report = frame.kind === 'line' ? parseReport(frame.text) : null;
        clearInterval(this.#confirming);
        if (report !== null) this.#listener.onReport(report);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => this.#keeperGone('the log keeper died', socket));
    return socket;
  }

  #startKeeper(): void {
    this.#startedAtMs = performance.now();
    const { path, outputFd } = this.#program;
    const child = spawn(process.execPath, [...NODE_OPTIONS, path, JSON.stringify(this.#settings)], {
      cwd: '/',
      detached: true,
      env: {},
      stdio: ['ignore', outputFd, outputFd],
    });
    child.unref();
    this.#noticeFailure(child);
  }

  /** A keeper that fails before it opens the FIFOs leaves no other sign. 0: another one was there already. */
  #noticeFailure(child: ChildProcess): void {
    const socket = this.#reports;
    child.on('error', (error) => this.#keeperGone(`the log keeper cannot be started: ${error.message}`, socket));
    child.on('exit', (code, signal) => {
      if (code !== 0) this.#keeperGone(`the log keeper died (${signal ?? `exit code ${String(code)}`})`, socket);
    });
  }

  #keeperGone(reason: string, socket: Socket): void {
    // Both signs may come for the same death.
    if (this.#isClosed || socket !== this.#reports) return;
    if (this.#onceGone !== null) {
      this.#onceGone();
      return;
    }
    const isStable = performance.now() - this.#startedAtMs > STABLE_MS;
    this.#quickDeaths = isStable ? 0 : this.#quickDeaths + 1;
    this.#restartSoon(reason, DELAYS_MS[this.#quickDeaths] ?? LONGEST_DELAY_MS);
  }

  #restartSoon(reason: string | null, delayMs: number): void {
    clearInterval(this.#confirming);
    clearTimeout(this.#restarting);
    const dead = this.#reports;
    this.#reports = this.#listen();
    dead.destroy();
    this.#restarting = setTimeout(() => this.#restart(reason), delayMs);
  }

  /** What the dead one has not read, it will be told again. */
  #restart(reason: string | null): void {
    this.#outbox.forget();
    while (readOnce(this.#commandsFd, this.#buffer) > 0);
    this.#startKeeper();
    this.#listener.onRestart(reason);
  }
}
