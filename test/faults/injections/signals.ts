import { readFileSync } from 'node:fs';
import { isAlive } from '../../../src/base/process-liveness.ts';
import { listPids, readProcStat } from '../../../src/base/proc-stat.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { FaultBed } from '../bed.ts';
import { SUBJECTS } from '../catalog.ts';
import { pause } from '../step.ts';

const EXIT_MS = 60_000;

/** A process of healer. */
export interface Actor {
  readonly name: string;
  /** Returns its pid, or 0 if it is not running. */
  readonly pidOf: (bed: FaultBed) => number;
}

export const ENGINE: Actor = { name: 'the engine', pidOf: (bed) => bed.enginePid() };
export const COLLECTOR: Actor = { name: 'the log collector', pidOf: (bed) => bed.collectorPid() };
export const DELIVERY: Actor = { name: 'the delivery worker', pidOf: deliveryPid };
export const WATCHER: Actor = { name: 'the watcher', pidOf: (bed) => bed.watcherPid() };
export const ACTORS: readonly Actor[] = [ENGINE, COLLECTOR, DELIVERY, WATCHER];

/** Sends a signal. Returns false if the process does not exist. */
export function send(bed: FaultBed, what: string, pid: number, signal: NodeJS.Signals): boolean {
  if (pid === 0 || !isAlive(pid)) return false;
  bed.note(`${signal} to ${what} (${pid})`);
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Kills these processes of healer at the same moment. Resolves once they are gone. */
export async function killActors(bed: FaultBed, ...actors: readonly Actor[]): Promise<void> {
  // Found first, so that nothing happens between the signals.
  const found = actors.map((actor) => ({ actor, pid: actor.pidOf(bed) }));
  const killed = found.filter(({ actor, pid }) => send(bed, actor.name, pid, 'SIGKILL'));
  if (killed.some(({ actor }) => actor !== COLLECTOR)) bed.disturbed();
  await waitFor(() => killed.every(({ pid }) => !isAlive(pid)), 'killed processes to exit', EXIT_MS);
}

/** SIGTERM shuts an engine down like `healer down`. */
export async function terminate(bed: FaultBed, actor: Actor): Promise<void> {
  const pid = actor.pidOf(bed);
  if (!send(bed, actor.name, pid, 'SIGTERM')) return;
  if (actor !== ENGINE) return;
  bed.goals.stoppedMayBeUp();
  await waitFor(() => !isAlive(pid), 'the engine to exit after SIGTERM', EXIT_MS);
}

/** Suspends processes for the same random time. */
export async function freeze(bed: FaultBed, ...actors: readonly Actor[]): Promise<void> {
  const ms = bed.random.int(100, 2_500);
  const frozen = actors.flatMap((actor) => {
    const pid = actor.pidOf(bed);
    const startTicks = pid === 0 ? undefined : readProcStat(pid)?.startTicks;
    return startTicks !== undefined && send(bed, `${actor.name} for ${ms} ms`, pid, 'SIGSTOP')
      ? [{ pid, startTicks }]
      : [];
  });
  await pause(ms);
  for (const { pid, startTicks } of frozen)
    if (readProcStat(pid)?.startTicks === startTicks) process.kill(pid, 'SIGCONT');
}

/** Returns some of these actors, at least one. */
export function someOf(bed: FaultBed, actors: readonly Actor[]): readonly Actor[] {
  const chosen = actors.filter(() => bed.random.chance(0.5));
  return chosen.length === 0 ? [bed.random.pick(actors)] : chosen;
}

/** Sends a signal to a random process of a random program. Returns its pid, or 0 if there is none. */
export function signalProgram(
  bed: FaultBed,
  signal: NodeJS.Signals = 'SIGKILL',
  part: 'main' | 'helper' = 'main',
): number {
  const found = bed.census().filter((entry) => (entry.part === 'main') === (part === 'main'));
  if (found.length === 0) return 0;
  const { pid, id } = bed.random.pick(found);
  return send(bed, id, pid, signal) ? pid : 0;
}

/**
 * Kills several steady programs at once, as far as the engine can see: it is suspended meanwhile, and handles all exits in one
 * turn.
 */
export function killTogether(
  bed: FaultBed,
  count: number,
  whileSuspended: (ids: readonly string[]) => void = () => undefined,
): void {
  const steady = new Set(SUBJECTS.filter(({ isSteady }) => isSteady).map(({ id }) => id));
  const mains = bed.census().filter(({ part, id }) => part === 'main' && steady.has(id));
  if (mains.length === 0) return;
  const engine = bed.enginePid();
  const chosen = Array.from({ length: count }, () => bed.random.pick(mains));
  send(bed, 'the engine', engine, 'SIGSTOP');
  whileSuspended(chosen.map(({ id }) => id));
  for (const { id, pid } of chosen) send(bed, id, pid, 'SIGKILL');
  send(bed, 'the engine', engine, 'SIGCONT');
}

/** Returns the pid of the delivery worker, which is a child of the engine, or 0. */
function deliveryPid(bed: FaultBed): number {
  const engine = bed.enginePid();
  return (
    listPids().find((pid) => readProcStat(pid)?.parentPid === engine && nameOf(pid).startsWith('healer-courier')) ?? 0
  );
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
