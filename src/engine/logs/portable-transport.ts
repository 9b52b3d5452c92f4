import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { runKey, type RunRef } from '../../protocol/run.ts';
import { ensurePipesFolder } from '../../config/instance/pipes-folder.ts';
import { openHeldFifo } from './files/held-fifo.ts';
import { LineGatherer } from './line-gatherer.ts';
import type {
  FollowRequest,
  LogNote,
  LogSettings,
  LogTransport,
  LogTransportListener,
  OutputStream,
  RunPipes,
  StartedTransport,
} from './files/log-transport.ts';
import { LogWriter } from './files/log-writer.ts';
import { RunMarks } from './files/run-marks.ts';
import { readAvailable } from './files/read-available.ts';
import { HeldPipes } from './files/run-pipes.ts';

/** More than a pipe holds: output that is written while draining is not read. */
const DRAIN_BYTES = 1024 * 1024;
/** How often writing to a full disk is retried. */
const RETRY_MS = 1_000;
const NOWHERE: RunPipes = { stdoutPath: '/dev/null', stderrPath: '/dev/null' };

export interface PortableTransportOptions {
  readonly pipesDir: string;
  readonly logsDir: string;
  readonly listener: LogTransportListener;
}

/**
 * Reads the pipes in the engine itself, for systems where the C library cannot be called. Programs still outlive the
 * engine, but if it is killed, lines that were read and not yet written are lost. While no engine is running, a program
 * that fills its pipe blocks, and the unread output of a program that exits is lost.
 */
export function startPortableTransport(options: PortableTransportOptions): StartedTransport {
  return { transport: new PortableTransport(options), exits: [], runs: [], hasCollector: false };
}

interface CapturedRun {
  readonly held: HeldPipes | null;
  writer: LogWriter | null;
  streams: StreamReader[];
}

class PortableTransport implements LogTransport {
  /** Two that keep the pipes open, and two that are read. */
  readonly descriptorsPerRun = 4;
  readonly hasRoom = (): boolean => true;
  readonly sockets = null;
  readonly #options: PortableTransportOptions;
  readonly #runs = new Map<string, CapturedRun>();
  readonly #marks = new RunMarks();
  readonly #retrying: NodeJS.Timeout;
  #hasReportedLoss = false;

  constructor(options: PortableTransportOptions) {
    this.#options = options;
    ensurePipesFolder(options.pipesDir);
    this.#retrying = setInterval(() => this.#retry(), RETRY_MS);
    this.#retrying.unref();
  }

  readonly prepare = (id: string, run: number): RunPipes => {
    const held = this.#makePipes({ id, run });
    this.#runs.set(runKey({ id, run }), { held, writer: null, streams: [] });
    return held?.paths ?? NOWHERE;
  };

  readonly discard = (id: string, run: number): void => {
    const found = this.#runs.get(runKey({ id, run }));
    this.#runs.delete(runKey({ id, run }));
    found?.held?.release();
    found?.held?.unlink();
  };

  readonly follow = (request: FollowRequest): void => {
    const { id, run, pid, pipes, log, startedAtWall } = request;
    // The sampler detects its exit.
    if (pipes === null) return;
    const found = this.#runs.get(runKey({ id, run })) ?? {
      held: HeldPipes.ofSurvivor(pipes, (path) => openHeldFifo(path, [request])),
      writer: null,
      streams: [],
    };
    this.#runs.set(runKey({ id, run }), found);
    if (found.held === null || found.writer !== null) return;
    const dir = join(this.#options.logsDir, id);
    if (typeof startedAtWall === 'number') this.#marks.announce(dir, { run, pid, atWall: startedAtWall });
    const writer = new LogWriter(request, dir, log, this.#options.listener.onGap, {
      marks: startedAtWall === undefined ? null : this.#marks,
    });
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
    const found = this.#runs.get(runKey({ id, run }));
    for (const stream of found?.streams ?? []) stream.finish();
    found?.writer?.close(Date.now());
    this.discard(id, run);
    return Promise.resolve();
  };

  readonly note = ({ id, run, log, stream, text }: LogNote): void => {
    const known = this.#runs.get(runKey({ id, run }))?.writer ?? null;
    const dir = join(this.#options.logsDir, id);
    const writer = known ?? new LogWriter({ id, run }, dir, log, () => undefined, { marks: this.#marks });
    writer.write({ stream, bytes: Buffer.from(text), tail: 'ends' }, Date.now(), () => undefined);
  };

  readonly changeSettings = (id: string, log: LogSettings): void => {
    for (const [key, { writer }] of this.#runs) {
      if (writer !== null && key.startsWith(`${id}.`)) writer.settings = log;
    }
  };

  /** Only the folder could be missing, and it is recreated with the pipes of the next run. */
  readonly isInPlace = (): boolean => true;

  readonly restore = (): void => undefined;

  readonly close = (): Promise<void> => {
    clearInterval(this.#retrying);
    for (const { streams, held } of this.#runs.values()) {
      for (const stream of streams) stream.stop();
      held?.release();
    }
    this.#runs.clear();
    return Promise.resolve();
  };

  /** Returns null if the command `mkfifo` is missing: a program without a log is better than none. */
  #makePipes({ id, run }: RunRef): HeldPipes | null {
    try {
      return HeldPipes.make(this.#options.pipesDir, { id, run }, makeFifoByCommand);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      if (!this.#hasReportedLoss) {
        this.#options.listener.onTrouble('the output of programs is not logged: the command "mkfifo" was not found');
      }
      this.#hasReportedLoss = true;
      return null;
    }
  }

  #retry(): void {
    for (const { writer } of this.#runs.values()) writer?.retry(Date.now());
  }
}

function makeFifoByCommand(path: string): void {
  rmSync(path, { force: true });
  execFileSync('mkfifo', ['-m', '600', path], { stdio: 'pipe' });
}

/** Reads one output stream of a run. */
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

  /** Reads the remaining output, including an unterminated line. */
  finish(): void {
    this.#gatherer.push(readAvailable(this.#fd, DRAIN_BYTES));
    this.stop();
  }

  stop(): void {
    this.#gatherer.end();
    this.#socket.destroy();
  }
}
