import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ChannelSettings, DeliveryCommand, DeliveryReport } from '../../protocol/alert-delivery.ts';
import { LineDecoder } from '../../protocol/framing.ts';

/** Kept small: it holds one message for each channel. */
const NODE_OPTIONS = ['--max-semi-space-size=2', '--max-old-space-size=128', '--no-warnings'];
/** A delivery worker that keeps dying is started again less and less often. */
const STABLE_MS = 10_000;
const DELAYS_MS = [0, 1_000, 5_000, 30_000];

export interface DeliveryProgram {
  /** The bundled delivery worker. */
  readonly path: string;
  readonly spoolDir: string;
}

export interface DeliveryListener {
  readonly onReport: (report: DeliveryReport) => void;
  /** It died; what it had in hand is to be told again. */
  readonly onGone: () => void;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

/**
 * The delivery worker as the engine sees it: alive while some channel is wanted, so that an alert does not wait for
 * its start. Secrets go to it through the pipe, never as arguments.
 */
export class DeliveryLink {
  readonly #program: DeliveryProgram;
  readonly #listener: DeliveryListener;
  #settings: ChannelSettings | null = null;
  #child: Child | null = null;
  #restarting: NodeJS.Timeout | undefined;
  #startedAtMs = 0;
  #quickDeaths = 0;
  #isClosed = false;

  constructor(program: DeliveryProgram, listener: DeliveryListener) {
    this.#program = program;
    this.#listener = listener;
  }

  /** Starts the delivery worker, or lets it know of changed settings; null sends it away. */
  configure(settings: ChannelSettings | null): void {
    this.#settings = settings;
    if (settings === null) this.#dismiss();
    else if (this.#child === null) this.#start(settings);
    else this.send({ kind: 'configure', settings });
  }

  /** False when there is no delivery worker at the moment. */
  send(command: DeliveryCommand): boolean {
    return this.#child?.stdin.write(`${JSON.stringify(command)}\n`) !== undefined;
  }

  /** Lets it finish what it was told, without waiting for it. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#restarting);
    this.#dismiss();
  }

  #dismiss(): void {
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
    const child = spawn(process.execPath, [...NODE_OPTIONS, path, spoolDir], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#child = child;
    const decoder = new LineDecoder();
    child.stdout.on('data', (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) {
        if (frame.kind === 'line') this.#listener.onReport(JSON.parse(frame.text) as DeliveryReport);
      }
    });
    child.stdin.on('error', () => undefined);
    child.on('error', () => this.#gone(child));
    child.on('close', () => this.#gone(child));
    this.send({ kind: 'configure', settings });
  }

  #gone(child: Child): void {
    if (this.#isClosed || this.#child !== child) return;
    this.#child = null;
    const isStable = performance.now() - this.#startedAtMs > STABLE_MS;
    this.#quickDeaths = isStable ? 0 : this.#quickDeaths + 1;
    const delayMs = DELAYS_MS[Math.min(this.#quickDeaths, DELAYS_MS.length - 1)];
    this.#restarting = setTimeout(() => {
      if (this.#settings !== null) this.#start(this.#settings);
      this.#listener.onGone();
    }, delayMs);
  }
}
