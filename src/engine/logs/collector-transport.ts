import { join } from 'node:path';
import { within } from '../../base/within.ts';
import type { ProcessIdentity } from '../../base/process-identity.ts';
import { isAlive } from '../../base/process-liveness.ts';
import { runKey, type RunRef } from '../../protocol/run.ts';
import { descriptors } from '../../base/descriptors.ts';
import type { Libc } from '../../base/libc.ts';
import { readProcStat } from '../../base/proc-stat.ts';
import { readExitFile } from './files/exit-file.ts';
import { isHeldFifo, openHeldFifo } from './files/held-fifo.ts';
import { cgroupNameOf } from '../../config/instance/instance-name.ts';
import { type CollectedRun, newlyCollected } from './collected-run.ts';
import { CollectorLink } from './collector-link.ts';
import { linkTo, SocketHandoff } from './socket-handoff.ts';
import type { CollectorProgram } from './spawn-collector.ts';
import { type CollectorSettings, collectorPathsOf } from './files/collector-paths.ts';
import { COLLECTOR_VERSION, type CollectorReport } from './files/messages.ts';
import type {
  FollowRequest,
  HeldSocketsLink,
  LogGap,
  LogNote,
  LogSettings,
  LogTransport,
  LogTransportListener,
  RunPipes,
  StartedTransport,
  WitnessedExit,
} from './files/log-transport.ts';
import { removeLeftCollectorFiles } from './files/left-collector-files.ts';
import { makeFifo } from './files/make-fifo.ts';
import { KEPT_FREE } from '../core/kept-free.ts';
import { HeldPipes, isOutputHeld, pipePathsOf } from './files/run-pipes.ts';

/** The most that the log collector has open: its own files with its reserve, and two pipes and a pidfd for each run. */
const COLLECTOR_DESCRIPTORS = { own: 48, perRun: 3 };

/** A running log collector responds within milliseconds. */
const ATTACH_TIMEOUT_MS = 2_000;
const DRAIN_TIMEOUT_MS = 1_000;
const QUIT_TIMEOUT_MS = 5_000;
/** The kernel drops what is in a pipe once no process has it open. */
const LOST_UNSEEN = 'the program exited while neither an engine nor a log collector was running';

export interface CollectorTransportOptions {
  readonly libc: Libc;
  readonly instance: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly pipesDir: string;
  readonly logsDir: string;
  readonly collector: CollectorProgram;
  readonly listener: LogTransportListener;
}

type Attached = Extract<CollectorReport, { kind: 'attached' }>;

/** Attaches to the log collector of an earlier engine, or starts one. Programs may be started before it is ready. */
export async function startCollectorTransport(options: CollectorTransportOptions): Promise<StartedTransport> {
  const transport = new CollectorTransport(options);
  return { transport, ...(await transport.attach()) };
}

class CollectorTransport implements LogTransport {
  readonly descriptorsPerRun = 2;
  readonly #options: CollectorTransportOptions;
  readonly #settings: CollectorSettings;
  readonly #link: CollectorLink;
  readonly #runs = new Map<string, CollectedRun>();
  /** Exits that were reported but not acknowledged, so that each is reported once, even if a new log collector repeats it. */
  readonly #reportedExits = new Set<string>();
  readonly #makeFifo: (path: string) => void;
  readonly #handoff: SocketHandoff;
  readonly sockets: HeldSocketsLink;
  #isAttached = false;
  #isClosed = false;
  #onAttached: ((attached: Attached) => void) | null = null;

  constructor(options: CollectorTransportOptions) {
    const { libc, instance, stateDir, runtimeDir, pipesDir, collector, listener } = options;
    this.#options = options;
    const engine = { pid: process.pid, startTicks: readProcStat(process.pid)?.startTicks ?? null };
    this.#settings = { instance, stateDir, runtimeDir, pipesDir, engine };
    this.#makeFifo = (path) => makeFifo(path, libc);
    this.#link = new CollectorLink(this.#settings, collector, libc, {
      onReport: (report) => this.#take(report),
      onRestart: () => this.#introduce(),
      onRecovered: (reason) => listener.onTrouble(`${reason}; it was restarted, no output is lost`),
      onLost: (reason) => {
        listener.onTrouble(`${reason}; output stays in the pipes of the programs, which block once these are full`);
      },
    });
    const { handoff: path, notices } = collectorPathsOf(this.#settings);
    this.#handoff = new SocketHandoff({ libc, path, requestOpening: () => this.#link.send({ kind: 'openHandoff' }) });
    this.sockets = linkTo(this.#handoff, { notices, abstractNotices: `@healer-notify-${cgroupNameOf(stateDir)}` });
    // Before a log collector of another version is replaced, which ends what it holds.
    this.#handoff.take();
    this.#link.send({ kind: 'attach', ...engine });
  }

  async attach(): Promise<Omit<StartedTransport, 'transport'>> {
    const attached = this.#link.foundAlive ? await this.#waitForResponse() : null;
    const exits = attached?.exits ?? readExitFile(collectorPathsOf(this.#settings).exits);
    for (const exit of exits) this.#reportedExits.add(runKey(exit));
    return { exits, runs: attached?.runs ?? [], hasCollector: attached !== null };
  }

  readonly hasRoom = (descriptorLimit: number): boolean =>
    (this.#runs.size + 1) * COLLECTOR_DESCRIPTORS.perRun + COLLECTOR_DESCRIPTORS.own <= descriptorLimit;

  readonly prepare = (id: string, run: number, hasReadyPipe = false): RunPipes => {
    const pipes = HeldPipes.make(this.#options.pipesDir, { id, run }, this.#makeFifo, hasReadyPipe);
    this.#runs.set(runKey({ id, run }), newlyCollected({ id, run }, pipes));
    return pipes.paths;
  };

  readonly discard = (id: string, run: number): void => {
    const found = this.#runs.get(runKey({ id, run }));
    if (found === undefined) return;
    this.#runs.delete(runKey({ id, run }));
    found.pipes.release();
    found.pipes.unlink();
  };

  readonly follow = (request: FollowRequest): void => {
    const paths = request.pipes ?? pipePathsOf(this.#options.pipesDir, request.id, request.run);
    const known = this.#runs.get(runKey(request));
    // A living program that closed its output holds no pipe either.
    const isLost =
      known === undefined &&
      request.pipes !== null &&
      !isOutputHeld(paths, isHeldFifo) &&
      (request.exitedUnseen === true || !isAlive(request.pid, request.startTicks));
    const run = known ?? this.#openPipes(request, paths, [request]);
    if (run.request !== null && run.request.pid !== request.pid) this.#reportedExits.delete(runKey(request));
    run.request = request;
    if (isLost) run.lost = LOST_UNSEEN;
    this.#sendFollow(request, run.lost);
  };

  readonly ended = (id: string, run: number): Promise<void> => {
    if (this.#isClosed) return Promise.resolve();
    const paths = pipePathsOf(this.#options.pipesDir, id, run);
    const found = this.#runs.get(runKey({ id, run })) ?? this.#openPipes({ id, run }, paths, []);
    found.hasEnded = true;
    this.#link.send({ kind: 'ended', id, run });
    return within(DRAIN_TIMEOUT_MS, new Promise<void>((resolve) => (found.onDrained = resolve)), undefined);
  };

  readonly note = (note: LogNote): void => {
    this.#link.send({ kind: 'note', ...note, logDir: join(this.#options.logsDir, note.id) });
  };

  readonly changeSettings = (id: string, log: LogSettings): void => {
    for (const run of this.#runs.values()) if (run.request?.id === id) run.request = { ...run.request, log };
    this.#link.send({ kind: 'settings', id, log });
  };

  readonly isInPlace = (): boolean => this.#link.isInPlace();

  readonly restore = (): void => this.#link.restore();

  readonly close = async (quit: boolean): Promise<void> => {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (quit) {
      await this.#link.quit(QUIT_TIMEOUT_MS);
      this.#clearAway();
    } else this.#link.send({ kind: 'detach' });
    this.#link.close();
    this.#handoff.close();
    for (const { pipes } of this.#runs.values()) pipes.release();
    this.#runs.clear();
  };

  /** Sends all runs to a new log collector, including ended ones whose pipes may still contain output. */
  #introduce(): void {
    this.#isAttached = false;
    this.#link.send({ kind: 'attach', ...this.#settings.engine });
    for (const { name, request, lost, hasEnded } of this.#runs.values()) {
      if (request !== null) this.#sendFollow(request, lost);
      if (hasEnded) this.#link.send({ kind: 'ended', ...name });
    }
  }

  /** Opens the pipes of a run that an earlier engine prepared. */
  #openPipes({ id, run }: RunRef, paths: RunPipes, holders: readonly ProcessIdentity[]): CollectedRun {
    // Without room for them, the pipes are held only by the program and the log collector.
    const hasRoom = descriptors.hasRoom(this.descriptorsPerRun, KEPT_FREE.adoptions);
    const pipes = HeldPipes.ofSurvivor(paths, hasRoom ? (path) => openHeldFifo(path, holders) : null);
    descriptors.take(this.descriptorsPerRun);
    const held = { name: { id, run }, pipes, request: null, lost: null, hasEnded: false, onDrained: null };
    this.#runs.set(runKey(held.name), held);
    return held;
  }

  #sendFollow(request: FollowRequest, lost: string | null): void {
    const logDir = join(this.#options.logsDir, request.id);
    this.#link.send({ kind: 'follow', ...request, logDir, ...(lost === null ? {} : { lost }) });
  }

  async #waitForResponse(): Promise<Attached | null> {
    const response = new Promise<Attached>((resolve) => (this.#onAttached = resolve));
    const attached = await within(ATTACH_TIMEOUT_MS, response, null);
    if (attached === null) {
      this.#options.listener.onTrouble('the log collector of the previous engine does not respond');
    }
    return attached;
  }

  #take(report: CollectorReport): void {
    const { listener } = this.#options;
    // Earlier reports in the pipe were meant for an engine that died without reading them.
    if (report.kind !== 'attached' && !this.#isAttached) return;
    switch (report.kind) {
      case 'attached':
        this.#attached(report);
        return;
      case 'following':
        this.#following(report);
        return;
      case 'drained':
        this.#drained(report);
        return;
      case 'released':
        this.#runs.delete(runKey(report));
        return;
      case 'exited':
        this.#exited(report.exit);
        return;
      case 'handoffOpen':
        this.#handoff.opened();
        return;
      case 'noticed':
        listener.onNotice?.(report.notice);
        return;
      case 'gap':
        this.#gap(report.gap);
        return;
      case 'trouble':
        listener.onTrouble(report.message);
        return;
    }
  }

  #attached(report: Attached): void {
    if (report.pid !== process.pid) return;
    this.#isAttached = true;
    if (report.version === COLLECTOR_VERSION) this.#handoff.attached();
    else this.#link.send({ kind: 'quit' });
    if (this.#onAttached === null) for (const exit of report.exits) this.#exited(exit);
    else this.#onAttached(report);
    this.#onAttached = null;
  }

  #following(name: RunRef): void {
    const run = this.#runs.get(runKey(name));
    if (run !== undefined) run.lost = null;
  }

  #drained({ id, run }: RunRef): void {
    this.#reportedExits.delete(runKey({ id, run }));
    const found = this.#runs.get(runKey({ id, run }));
    found?.pipes.release();
    found?.onDrained?.();
  }

  #gap(gap: LogGap): void {
    this.#options.listener.onGap(gap);
    const { id, run, fromWall, toWall } = gap;
    if (toWall !== null) this.#link.send({ kind: 'gapRecorded', id, run, fromWall });
  }

  #exited(exit: WitnessedExit): void {
    const key = runKey(exit);
    if (this.#reportedExits.has(key) || this.#runs.get(key)?.hasEnded === true) return;
    this.#reportedExits.add(key);
    this.#options.listener.onExit(exit);
  }

  /** Removes what the log collector left if it could not exit orderly. */
  #clearAway(): void {
    try {
      removeLeftCollectorFiles(this.#settings, this.#options.libc);
    } catch {
      // The folder cannot be written: the next log collector uses the files.
    }
  }
}
