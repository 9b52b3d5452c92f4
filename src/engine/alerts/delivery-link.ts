import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ChannelSettings, DeliveryCommand, DeliveryReport, DeliveryStage } from '../../protocol/alert-delivery.ts';
import { LineDecoder } from '../../protocol/framing.ts';

/** Keeps the process small: it holds at most one message for each channel. */
const NODE_OPTIONS = ['--max-semi-space-size=2', '--max-old-space-size=128', '--no-warnings'];
/** A worker that has run for this long counts as stable; one that exits earlier is restarted with increasing delays. */
const STABLE_MS = 10_000;
const RESTART_DELAYS_MS = [0, 1_000, 5_000, 30_000];

/** The program of the delivery worker. */
export interface DeliveryProgram {
  /** The script of the delivery worker. */
  readonly path: string;
  readonly spoolDir: string;
}

/** Receives what happens to the delivery worker. */
export interface DeliveryListener {
  readonly onReport: (report: DeliveryReport) => void;
  readonly onStage: (stage: DeliveryStage) => void;
  /** A new worker replaces one that exited; undelivered messages must be sent again. */
  readonly onGone: () => void;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Returns null if there are not enough descriptors, processes or memory to start the worker now. */
function startWorker(path: string, spoolDir: string): Child | null {
  try {
    const child = spawn(process.execPath, [...NODE_OPTIONS, path, spoolDir], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    // Without descriptors, the child has no streams; the event that follows would crash the engine without a listener.
    child.on('error', () => undefined);
    return child.pid === undefined ? null : child;
  } catch {
    return null;
  }
}

/**
 * The engine's connection to the delivery worker. The worker runs while any channel is configured, so that an alert does
 * not wait for its start. Secrets are passed through a pipe, never as arguments.
 */
export class DeliveryLink {
  readonly #program: DeliveryProgram;
  readonly #listener: DeliveryListener;
  #settings: ChannelSettings | null = null;
  #child: Child | null = null;
  #restarting: NodeJS.Timeout | undefined;
  #startedAtMs = 0;
  #earlyExits = 0;
  #isClosed = false;

  constructor(program: DeliveryProgram, listener: DeliveryListener) {
    this.#program = program;
    this.#listener = listener;
  }

  /** Starts the delivery worker or sends it changed settings. Null stops it. */
  configure(settings: ChannelSettings | null): void {
    this.#settings = settings;
    if (settings === null) this.#detach();
    else if (this.#child === null) this.#start(settings);
    else this.send({ kind: 'configure', settings });
  }

  /** Returns false if no delivery worker is running. */
  send(command: DeliveryCommand): boolean {
    return this.#child?.stdin.write(`${JSON.stringify(command)}\n`) !== undefined;
  }

  /** Lets the worker finish and exit, without waiting for it. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#restarting);
    this.#detach();
  }

  #detach(): void {
    const child = this.#child;
    this.#child = null;
    child?.stdin.end();
    child?.unref();
    child?.stdout.destroy();
  }

  #start(settings: ChannelSettings): void {
    clearTimeout(this.#restarting);
    this.#startedAtMs = performance.now();
    const { path, spoolDir } = this.#program;
    const child = startWorker(path, spoolDir);
    if (child === null) {
      this.#restartLater();
      return;
    }
    this.#child = child;
    const decoder = new LineDecoder();
    child.stdout.on('data', (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) {
        if (frame.kind === 'line') this.#receive(JSON.parse(frame.text) as DeliveryReport | DeliveryStage);
      }
    });
    child.stdin.on('error', () => undefined);
    child.on('error', () => this.#gone(child));
    child.on('close', () => this.#gone(child));
    this.send({ kind: 'report-stages' });
    this.send({ kind: 'configure', settings });
  }

  #receive(line: DeliveryReport | DeliveryStage): void {
    if ('stage' in line) this.#listener.onStage(line);
    else this.#listener.onReport(line);
  }

  #gone(child: Child): void {
    if (this.#isClosed || this.#child !== child) return;
    this.#child = null;
    this.#restartLater();
  }

  #restartLater(): void {
    const isStable = performance.now() - this.#startedAtMs > STABLE_MS;
    this.#earlyExits = isStable ? 0 : this.#earlyExits + 1;
    const delayMs = RESTART_DELAYS_MS[Math.min(this.#earlyExits, RESTART_DELAYS_MS.length - 1)];
    this.#restarting = setTimeout(() => {
      if (this.#settings !== null) this.#start(this.#settings);
      this.#listener.onGone();
    }, delayMs);
  }
}
