import { withoutCallerVariables } from '../../base/caller-variables.ts';
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { ExactIdentity } from '../../base/process-identity.ts';
import type { EngineStartOptions } from '../../config/instance/engine-arguments.ts';
import { type PeerSettings, peerSettingsOf } from '../../config/registry/peer-settings.ts';
import { openEngineLog } from '../../config/instance/engine-log.ts';
import { type Paths, resolvePaths } from '../../config/instance/paths.ts';
import { spawnEngine } from '../../config/instance/spawn-engine.ts';
import { readStartNote, type StartNote } from '../../config/instance/start-note.ts';
import {
  judgePeer,
  PEER_RULE,
  type PeerSight,
  type PeerVerdict,
  type PeerWatch,
  UNKNOWN_PEER,
} from '../../policy/peer-watch.ts';
import type { EventKind } from '../../protocol/event-kinds.ts';
import { toHealerError } from '../../protocol/errors.ts';
import { isStillAlive } from '../../base/proc-stat.ts';
import { signalExactly } from '../os/send-signal.ts';
import type { PeerReport } from '../core/peer-report.ts';
import type { RunningEngine } from '../assembly/running-engine.ts';
import { clearDeadPeer } from './clear-dead-peer.ts';
import { inspectPeer } from './inspect-peer.ts';
import { readEnvironment } from './peer-environment.ts';

/** A check that begins this much later than planned says more about this engine than about its peer. */
const LATE_MS = 1_500;
const DEATH_MS = 2_000;
const POLL_MS = 10;

export interface PeerParts {
  readonly running: Pick<RunningEngine, 'parts' | 'sources' | 'records' | 'degradations' | 'peer'>;
  readonly options: EngineStartOptions;
  /** Path of the engine's bundle. */
  readonly script: string;
  /** The engine that this one exists to watch was shut down, so there is nothing left to do. */
  readonly onLeft: () => void;
}

/** The files and settings of the peer, and how it was started. */
interface Peer {
  readonly paths: Paths;
  readonly note: StartNote;
  readonly settings: PeerSettings;
}

/** Watches the peer engine and restarts it when it fails. `policy/peer-watch` decides what to do. */
export class PeerLink {
  readonly #parts: PeerParts;
  #watch: PeerWatch = UNKNOWN_PEER;
  #process: ExactIdentity | null = null;
  #environment: { readonly pid: number; readonly variables: NodeJS.ProcessEnv } | null = null;
  /** The last readable note by path, for times when a note cannot be read. */
  readonly #notes = new Map<string, StartNote>();
  #child: ChildProcess | null = null;
  #plannedMs: number;
  #timer: NodeJS.Timeout | undefined;
  #checks = 0;
  #isClosed = false;

  constructor(parts: PeerParts) {
    this.#parts = parts;
    this.#plannedMs = this.#nowMs();
  }

  /** Starts checking the peer, unless the link is already closed. */
  start(): void {
    // On other systems, a process cannot be distinguished from a later one with the same pid.
    if (process.platform === 'linux') this.#plan(0);
  }

  /** Stops checking, also in the middle of an action. The peer is left as it is. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Removes what a peer that was killed left, after this engine was shut down on request. */
  clearAway(): void {
    const { running, options } = this.#parts;
    const { paths, libc } = running.parts;
    const name = options.watchedInstance ?? peerSettingsOf(running.sources.settings, paths.instance).watcher;
    if (name === null || name === paths.instance) return;
    clearDeadPeer(resolvePaths(process.env, name), paths.instance, libc);
  }

  get #report(): PeerReport {
    return this.#parts.running.peer;
  }

  #nowMs(): number {
    return this.#parts.running.parts.clock.now().mono;
  }

  #plan(delayMs: number): void {
    if (this.#isClosed) return;
    this.#plannedMs = this.#nowMs() + delayMs;
    this.#timer = setTimeout(() => void this.#turn(), delayMs).unref();
  }

  async #turn(): Promise<void> {
    const beganMs = this.#nowMs();
    const { degradations } = this.#parts.running;
    try {
      await this.#check(beganMs - this.#plannedMs > LATE_MS);
    } catch (error) {
      degradations.set('partner', `cannot watch the peer engine: ${toHealerError(error).message}`);
    }
    this.#plan(Math.max(0, PEER_RULE.inspectMs - (this.#nowMs() - beganMs)));
  }

  async #check(isLate: boolean): Promise<void> {
    this.#checks += 1;
    const peer = this.#findPeer();
    const sight = peer === null ? UNWANTED : await this.#inspect(peer, isLate);
    if (this.#isClosed) return;
    const verdict = judgePeer(this.#watch, sight, this.#nowMs());
    this.#watch = verdict.watch;
    if (peer === null) this.#onUnwanted(verdict);
    else {
      this.#note(peer, verdict);
      await this.#act(peer, verdict);
    }
  }

  /** Returns null if no peer should be running. */
  #findPeer(): Peer | null {
    const { running, options } = this.#parts;
    const { instance } = running.parts.paths;
    const settings = peerSettingsOf(running.sources.settings, instance);
    const name = options.watchedInstance ?? settings.watcher;
    if (name === null || name === instance) return null;
    const paths = resolvePaths(process.env, name);
    const note = this.#readNote(paths.startNote);
    // An engine with that name may exist for another purpose.
    if (note === null || (options.watchedInstance === null && note.partner !== instance)) return null;
    return { paths, note, settings };
  }

  #readNote(path: string): StartNote | null {
    try {
      const note = readStartNote(path);
      if (note === null) this.#notes.delete(path);
      else this.#notes.set(path, note);
      return note;
    } catch {
      return this.#notes.get(path) ?? null;
    }
  }

  async #inspect(peer: Peer, isLate: boolean): Promise<PeerSight> {
    const { paths, note, settings } = peer;
    const { process, seen } = await inspectPeer(paths, settings.statusUrl ?? note.statusUrl);
    this.#process = process;
    const isStarting = this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
    return {
      ...seen,
      isWanted: true,
      isLate: seen.isLate || isLate,
      isStarting,
      starter: this.#starterOf(peer),
    };
  }

  #starterOf({ note, settings }: Peer): PeerSight['starter'] {
    const isAlone = this.#parts.options.isStandalone || settings.isStandalone || note.isStandalone;
    if (isAlone || !settings.startsPeer) return 'none';
    return note.isManaged ? 'manager' : 'engine';
  }

  #onUnwanted({ action, why }: PeerVerdict): void {
    const { options, onLeft, running } = this.#parts;
    const name = this.#report.view?.instanceId;
    this.#report.view = null;
    running.degradations.clear('partner');
    if (action === 'left' && name !== undefined) this.#announce('partner-left', `the engine of "${name}" ${why}`);
    const isIdle = this.#watch.name === 'unknown' && this.#checks >= PEER_RULE.failures && !options.isStandalone;
    if (options.watchedInstance !== null && (action === 'left' || isIdle)) onLeft();
  }

  /** Updates what `status` shows and keeps the peer's environment for its replacement. */
  #note({ paths }: Peer, { watch, why }: PeerVerdict): void {
    const { running } = this.#parts;
    const found = this.#process;
    const isWell = watch.name === 'healthy';
    const lastSeen = isWell
      ? new Date(running.parts.clock.now().wall).toISOString()
      : (this.#report.view?.lastSeen ?? null);
    this.#report.view = { instanceId: paths.instance, pid: found?.pid ?? null, alive: isWell, lastSeen };
    const isLost = (watch.name === 'failing' && watch.failures >= PEER_RULE.failures) || watch.name === 'starting';
    if (isLost) running.degradations.set('partner', `the engine of "${paths.instance}" ${why}`);
    else running.degradations.clear('partner');
    if (!isWell || found === null || found.pid === this.#environment?.pid) return;
    const variables = readEnvironment(found.pid);
    if (variables !== null) this.#environment = { pid: found.pid, variables };
  }

  async #act(peer: Peer, { action, why }: PeerVerdict): Promise<void> {
    const about = `the engine of "${peer.paths.instance}" ${why}`;
    switch (action) {
      case 'none':
      case 'left':
        return;
      case 'report-lost':
        this.#announce('partner-lost', about);
        return;
      case 'report-back':
        this.#child = null;
        this.#announce('partner-started', about);
        return;
      case 'end':
        this.#announce('partner-lost', about);
        await this.#end();
        return;
      case 'start':
      case 'replace':
        this.#announce('partner-lost', about);
        if (await this.#end()) this.#start(peer);
    }
  }

  /** Kills exactly the process that hangs. Returns false if it is still alive after 2 s. */
  async #end(): Promise<boolean> {
    this.#child?.kill('SIGKILL');
    const hung = this.#process;
    if (hung === null) return true;
    signalExactly(hung, 'SIGKILL');
    const deadlineMs = this.#nowMs() + DEATH_MS;
    while (isStillAlive(hung)) {
      if (this.#nowMs() > deadlineMs) return false;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return true;
  }

  #start({ paths, note }: Peer): void {
    const { files, observes, partner: watchedInstance, isStandalone, cwd } = note;
    const env = this.#environment?.variables ?? withoutCallerVariables(process.env, { userChanges: false });
    const options = { files, observes, watchedInstance, isStandalone };
    if (this.#isClosed) return;
    const { fd: output } = openEngineLog(paths);
    try {
      const { script } = this.#parts;
      this.#child = spawnEngine({ script, instance: paths.instance, options, cwd, env, output });
    } finally {
      closeSync(output);
    }
  }

  #announce(kind: EventKind, reason: string): void {
    const { instanceId = null, pid = null } = this.#report.view ?? {};
    this.#parts.running.records.announce(kind, reason, { partner: instanceId, pid });
  }
}

const UNWANTED: PeerSight = {
  isWanted: false,
  process: null,
  answer: 'unreachable',
  isLate: false,
  isStarting: false,
  starter: 'none',
};
