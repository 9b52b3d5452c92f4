import { isDead, isStillAlive, readProcStat } from '../../base/proc-stat.ts';
import { judgeTracked, type Tracked, whyNotTracked } from '../../policy/orphans.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { TrackedView, TrackStatus } from '../../protocol/results/tracked-view.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import { describeObserver, isKernelThread } from '../os/find-zombies.ts';
import type { ReadProcessTable } from '../os/process-table.ts';
import { sendTo } from '../os/send-signal.ts';
import type { TrackedTrees } from '../os/tracked-trees.ts';
import type { Records } from '../records/records.ts';
import type { OrphanFile } from '../store/orphan-file.ts';

/** Time for an orphan to exit after SIGTERM. */
const GRACE_MS = 5_000;
const MS_PER_S = 1_000;

export interface OrphanWatchParts {
  readonly engine: Pick<Engine, 'findByPid'>;
  readonly clock: Clock;
  readonly records: Pick<Records, 'record' | 'recordEngineEvent' | 'commit'>;
  readonly readTable: ReadProcessTable;
  readonly trees: TrackedTrees;
  readonly file: OrphanFile;
  readonly intervalSeconds: () => number;
  readonly mayAct: () => boolean;
  /** Returns whether tracking is switched on in the settings. */
  readonly isEnabled: () => boolean;
}

interface Entry {
  readonly tracked: Tracked;
  /** Monotonic time in ms at which SIGTERM was sent; null before. */
  terminatedAt: number | null;
}

/** Terminates tracked processes, with their trees, once their parents have exited. They are processes that the engine did not start. */
export class OrphanWatch {
  readonly #parts: OrphanWatchParts;
  readonly #entries = new Map<number, Entry>();
  #nextAt = 0;

  constructor(parts: OrphanWatchParts) {
    this.#parts = parts;
  }

  /** Continues to track what the previous engine tracked. */
  load(): void {
    const { file, clock, records } = this.#parts;
    const { tracked, problem } = file.load(clock.now().wall);
    if (problem !== null) records.recordEngineEvent('file-corrupt', problem);
    for (const each of tracked) this.#entries.set(each.pid, { tracked: each, terminatedAt: null });
  }

  /** @throws HealerError PLATFORM_NOT_SUPPORTED, PROCESS_NOT_FOUND, ALREADY_EXISTS or INVALID_STATE */
  track(pid: number): TrackedView {
    if (process.platform !== 'linux') {
      throw new HealerError('PLATFORM_NOT_SUPPORTED', 'processes can only be tracked on Linux', { pid });
    }
    if (!this.#parts.isEnabled()) {
      const next = 'run "healer config set tracking on" first';
      throw new HealerError('INVALID_STATE', `cannot track ${String(pid)}: tracking is off — ${next}`, { pid });
    }
    const stat = readProcStat(pid);
    if (stat === null || isDead(stat)) {
      throw new HealerError('PROCESS_NOT_FOUND', `cannot track ${String(pid)}: no process has this pid`, { pid });
    }
    const known = this.#entries.get(pid);
    if (known?.tracked.startTicks === stat.startTicks) {
      throw new HealerError('ALREADY_EXISTS', `${String(pid)} is already tracked`, { pid });
    }
    const parent = readProcStat(stat.parentPid);
    const program = this.#parts.engine.findByPid(pid)?.id ?? null;
    const candidate = { pid, parentPid: parent === null ? 1 : stat.parentPid, program, mayBeSignaled: sendTo(pid, 0) };
    const onlooker = describeObserver(this.#parts.readTable(MS_PER_S));
    const refusal = whyNotTracked({ ...candidate, isKernelThread: isKernelThread(stat) }, onlooker);
    if (refusal !== null || parent === null) {
      const why = refusal ?? 'it is already an orphan';
      throw new HealerError('INVALID_STATE', `cannot track ${String(pid)}: ${why}`, { pid });
    }
    const { startTicks, name } = stat;
    const trackedAt = new Date(this.#parts.clock.now().wall).toISOString();
    const above = { pid: parent.pid, startTicks: parent.startTicks, name: parent.name };
    const tracked: Tracked = { pid, startTicks, name, parent: above, trackedAt };
    this.#entries.set(pid, { tracked, terminatedAt: null });
    this.#record('orphan-tracked', tracked, `is tracked and will be terminated when its parent ${nameOf(above)} exits`);
    this.#save();
    return viewOf(tracked);
  }

  /** @throws HealerError PROCESS_NOT_FOUND */
  untrack(pid: number): TrackedView {
    const entry = this.#entries.get(pid);
    if (entry === undefined) {
      throw new HealerError('PROCESS_NOT_FOUND', `${String(pid)} is not tracked`, { pid });
    }
    this.#forget(entry.tracked, 'on request');
    this.#save();
    return viewOf(entry.tracked);
  }

  status(): TrackStatus {
    const { intervalSeconds, mayAct, isEnabled } = this.#parts;
    const tracked = [...this.#entries.values()].map((entry) => viewOf(entry.tracked));
    const enabled = process.platform === 'linux' && isEnabled();
    const checkInterval = intervalSeconds();
    return { enabled, running: enabled && mayAct(), trackedCount: tracked.length, checkInterval, tracked };
  }

  /** Checks on terminated processes, and on all others at the configured interval. Call it every second. */
  tick(): void {
    if (this.#entries.size === 0) return;
    const { clock, intervalSeconds, mayAct, isEnabled } = this.#parts;
    const { mono } = clock.now();
    const before = this.#entries.size;
    for (const entry of this.#entries.values())
      if (entry.terminatedAt !== null) this.#followUp(entry, entry.terminatedAt, mono);
    const intervalMs = intervalSeconds() * MS_PER_S;
    this.#nextAt = Math.min(this.#nextAt, mono + intervalMs);
    if (mono >= this.#nextAt) {
      this.#nextAt = mono + intervalMs;
      for (const entry of this.#entries.values())
        if (entry.terminatedAt === null) this.#check(entry, mono, mayAct() && isEnabled());
    }
    if (this.#entries.size !== before) this.#save();
  }

  #check(entry: Entry, mono: number, mayAct: boolean): void {
    const { tracked } = entry;
    switch (judgeTracked(tracked, isStillAlive)) {
      case 'watch':
        return;
      case 'forget':
        this.#forget(tracked, 'it has exited');
        return;
      case 'end':
        if (!mayAct) return;
        entry.terminatedAt = mono;
        this.#parts.trees.signal(tracked, 'SIGTERM');
    }
  }

  #followUp({ tracked }: Entry, terminatedAt: number, mono: number): void {
    const { trees } = this.#parts;
    const isLate = mono - terminatedAt >= GRACE_MS;
    const isThere = trees.isAlive(tracked);
    if (isThere && !isLate) return;
    if (isThere) trees.kill(tracked);
    this.#entries.delete(tracked.pid);
    const gone = `its parent ${nameOf(tracked.parent)} exited`;
    const slow = `and it did not exit within ${String(GRACE_MS / MS_PER_S)} s of SIGTERM`;
    this.#record('orphan-ended', tracked, isThere ? `was killed: ${gone}, ${slow}` : `was terminated: ${gone}`);
  }

  #forget(tracked: Tracked, why: string): void {
    this.#entries.delete(tracked.pid);
    this.#record('orphan-untracked', tracked, `is no longer tracked: ${why}`);
  }

  #record(
    kind: 'orphan-tracked' | 'orphan-untracked' | 'orphan-ended',
    { pid, name, parent }: Tracked,
    what: string,
  ): void {
    const data = { name, parentPid: parent.pid, parentName: parent.name };
    this.#parts.records.record({ kind, process: null, pid, reason: `"${name}" ${what}`, data });
  }

  #save(): void {
    const { file, records } = this.#parts;
    const problem = file.save([...this.#entries.values()].map(({ tracked }) => tracked));
    if (problem !== null)
      records.recordEngineEvent('engine-degraded', `cannot save the list of tracked processes: ${problem}`);
    records.commit();
  }
}

function nameOf({ pid, name }: Tracked['parent']): string {
  return `"${name}" (pid ${String(pid)})`;
}

function viewOf({ pid, name, parent, trackedAt }: Tracked): TrackedView {
  return { pid, name, parentPid: parent.pid, parentName: parent.name, trackedAt };
}
