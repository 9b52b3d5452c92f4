import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { RunRef } from '../../protocol/run.ts';
import { ensureFolder } from '../../base/atomic-file.ts';
import { openHeldFifo } from './files/held-fifo.ts';
import { LineGatherer } from './line-gatherer.ts';
import type {
  FollowRequest,
  LogSettings,
  LogTransport,
  LogTransportListener,
  OutputStream,
  RunPipes,
  StartedTransport,
} from './files/log-transport.ts';
import { LogWriter } from './files/log-writer.ts';
import { readAvailable } from './files/read-available.ts';
import { HeldPipes } from './files/run-pipes.ts';

/** More than any pipe holds: what a process goes on writing while it is drained is left to it. */
const DRAIN_BYTES = 1024 * 1024;
/** How often a full disk is asked again. */
const MEND_MS = 1_000;
const NOWHERE: RunPipes = { stdoutPath: '/dev/null', stderrPath: '/dev/null' };

export interface PortableTransportOptions {
  readonly pipesDir: string;
  readonly logsDir: string;
  readonly listener: LogTransportListener;
}

/**
 * Reads the pipes in the engine itself, where no system calls can be made. Programs still outlive the engine, but
 * lines that were read and not yet written at its kill -9 are lost, and so is what a program that ends while no
 * engine lives has left unread; while none lives, a program that fills its pipe waits for the next one.
 */
export function startPortableTransport(options: PortableTransportOptions): StartedTransport {
  return { transport: new PortableTransport(options), exits: [], runs: [] };
}

interface Run {
  readonly held: HeldPipes | null;
  writer: LogWriter | null;
  streams: StreamReader[];
}

class PortableTransport implements LogTransport {
  readonly #options: PortableTransportOptions;
  readonly #runs = new Map<string, Run>();
  readonly #mending: NodeJS.Timeout;
  #saidThatOutputIsLost = false;

  constructor(options: PortableTransportOptions) {
    this.#options = options;
    ensureFolder(options.pipesDir);
    this.#mending = setInterval(() => this.#mend(), MEND_MS);
    this.#mending.unref();
  }

  readonly prepare = (id: string, run: number): RunPipes => {
    const held = this.#makePipes({ id, run });
    this.#runs.set(keyOf(id, run), { held, writer: null, streams: [] });
    return held?.paths ?? NOWHERE;
  };

  readonly discard = (id: string, run: number): void => {
    const found = this.#runs.get(keyOf(id, run));
    this.#runs.delete(keyOf(id, run));
    found?.held?.release();
    found?.held?.unlink();
  };

  readonly follow = (request: FollowRequest): void => {
    const { id, run, pipes, log } = request;
    // Its end the sampler notices.
    if (pipes === null) return;
    const found = this.#runs.get(keyOf(id, run)) ?? {
      held: HeldPipes.ofSurvivor(pipes, (path) => openHeldFifo(path, [request])),
      writer: null,
      streams: [],
    };
    this.#runs.set(keyOf(id, run), found);
    if (found.held === null || found.writer !== null) return;
    const writer = new LogWriter(request, join(this.#options.logsDir, id), log, this.#options.listener.onGap);
    found.writer = writer;
    try {
      found.streams = [
        new StreamReader(openHeldFifo(pipes.stdoutPath, [request]), 'stdout', writer),
        new StreamReader(openHeldFifo(pipes.stderrPath, [request]), 'stderr', writer),
      ];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.listener.onTrouble(`cannot follow the output of "${id}": ${why}`);
    }
  };

  readonly ended = (id: string, run: number): Promise<void> => {
    const found = this.#runs.get(keyOf(id, run));
    for (const stream of found?.streams ?? []) stream.finish();
    found?.writer?.close(Date.now());
    this.discard(id, run);
    return Promise.resolve();
  };

  readonly changeSettings = (id: string, log: LogSettings): void => {
    for (const [key, { writer }] of this.#runs) {
      if (writer !== null && key.startsWith(`${id}.`)) writer.settings = log;
    }
  };

  /** Nothing but the folder, which is made again with the next run's pipes. */
  readonly isInPlace = (): boolean => true;

  readonly restore = (): void => undefined;

  readonly close = (): Promise<void> => {
    clearInterval(this.#mending);
    for (const { streams, held } of this.#runs.values()) {
      for (const stream of streams) stream.stop();
      held?.release();
    }
    this.#runs.clear();
    return Promise.resolve();
  };

  /** Null where there is not even the program for it: better a program without a log than none at all. */
  #makePipes({ id, run }: RunRef): HeldPipes | null {
    try {
      return HeldPipes.make(this.#options.pipesDir, id, run, makeFifoByProgram);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      if (!this.#saidThatOutputIsLost) {
        this.#options.listener.onTrouble('the output of programs is not kept: there is no program "mkfifo"');
      }
      this.#saidThatOutputIsLost = true;
      return null;
    }
  }

  #mend(): void {
    for (const { writer } of this.#runs.values()) writer?.mend(Date.now());
  }
}

function keyOf(id: string, run: number): string {
  return `${id}.${String(run)}`;
}

function makeFifoByProgram(path: string): void {
  rmSync(path, { force: true });
  execFileSync('mkfifo', ['-m', '600', path], { stdio: 'pipe' });
}

/** One stream of one run, read as it comes. */
class StreamReader {
  readonly #fd: number;
  readonly #socket: Socket;
  readonly #gatherer: LineGatherer;

  constructor(fd: number, stream: OutputStream, writer: LogWriter) {
    this.#gatherer = new LineGatherer((bytes, tail) => {
      writer.write({ stream, bytes, tail }, Date.now(), () => undefined);
    });
    this.#fd = fd;
    this.#socket = new Socket({ fd: this.#fd, readable: true, writable: false });
    this.#socket.on('data', (chunk) => this.#gatherer.push(chunk));
    this.#socket.on('error', () => undefined);
  }

  /** Takes what is left, an unterminated line too. */
  finish(): void {
    this.#gatherer.push(readAvailable(this.#fd, DRAIN_BYTES));
    this.stop();
  }

  stop(): void {
    this.#gatherer.end();
    this.#socket.destroy();
  }
}
