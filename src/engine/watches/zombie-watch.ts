import { byParent, describeZombies, whyNotSignaled, type Zombie, zombieKey } from '../../policy/zombies.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import { type MainProcess, runOf } from '../../policy/lifecycle/state.ts';
import type { ZombieCleanup, ZombieView } from '../../protocol/results/zombie-view.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import { describeObserver, findZombies, isStillZombie } from '../os/find-zombies.ts';
import type { ReadProcessTable } from '../os/process-table.ts';
import { signalExactly } from '../os/send-signal.ts';
import type { Records } from '../records/records.ts';

/** Time for a parent to reap its zombies after SIGCHLD. */
const PATIENCE_MS = 5_000;
const POLL_MS = 100;
const MS_PER_S = 1_000;

export interface ZombieWatchParts {
  readonly engine: Pick<Engine, 'findByPid' | 'post' | 'programs'>;
  readonly clock: Clock;
  readonly records: Pick<Records, 'announce'>;
  readonly readTable: ReadProcessTable;
  /** Returns the time between two scans, in seconds. */
  readonly intervalSeconds: () => number;
  /** Returns whether healing is active: neither paused for all programs nor in observe mode. */
  readonly mayAct: () => boolean;
}

/** A zombie, with the reason for leaving its parent alone; null if its parent may be signaled. */
interface Judged extends Zombie {
  readonly untouched: string | null;
  /** The main process of its program when it was found; null if it belongs to none. */
  readonly main: MainProcess | null;
}

/** Finds exited processes that have not been reaped, and sends SIGCHLD to their parents. */
export class ZombieWatch {
  readonly #parts: ZombieWatchParts;
  /** Zombies that have been reported; each is reported once as long as it exists. */
  #reported: ReadonlySet<string> = new Set();
  #nextAt: number;
  #cleaning: Promise<ZombieCleanup> | null = null;

  constructor(parts: ZombieWatchParts) {
    this.#parts = parts;
    this.#nextAt = parts.clock.now().mono + parts.intervalSeconds() * MS_PER_S;
  }

  /** Returns the current zombies, oldest first. */
  list(): readonly ZombieView[] {
    return this.#find().map(viewOf);
  }

  /** Scans at the configured interval, also after the interval was shortened. Call it every second. */
  tick(): void {
    const { clock, intervalSeconds, mayAct } = this.#parts;
    const { mono } = clock.now();
    const intervalMs = intervalSeconds() * MS_PER_S;
    this.#nextAt = Math.min(this.#nextAt, mono + intervalMs);
    if (mono < this.#nextAt) return;
    this.#nextAt = mono + intervalMs;
    if (mayAct()) void this.clean();
    else this.#report(this.#find());
  }

  /** Sends SIGCHLD to every parent that may be signaled and waits for the result. Concurrent calls share one result. */
  clean(): Promise<ZombieCleanup> {
    this.#cleaning ??= this.#clean().finally(() => {
      this.#cleaning = null;
    });
    return this.#cleaning;
  }

  async #clean(): Promise<ZombieCleanup> {
    const found = this.#find();
    const signaled = found.filter(({ untouched }) => untouched === null);
    const table = this.#parts.readTable(MS_PER_S);
    for (const pid of byParent(signaled).keys()) {
      const parent = table.get(pid);
      if (parent !== undefined) signalExactly(parent, 'SIGCHLD');
    }
    await this.#reaped(signaled);
    const left = found.filter(isStillZombie);
    const leftKeys = new Set(left.map(zombieKey));
    const cleaned = signaled.filter((zombie) => !leftKeys.has(zombieKey(zombie)));
    if (cleaned.length > 0) this.#reportCleaned(cleaned);
    this.#report(left);
    return { cleaned: cleaned.map(viewOf), left: left.map(viewOf), restarting: this.#restarting(left) };
  }

  #find(): readonly Judged[] {
    const { engine, readTable } = this.#parts;
    const table = readTable(0);
    const onlooker = describeObserver(table);
    const zombies = findZombies(table, (pid) => engine.findByPid(pid)?.id ?? null);
    return zombies.map((zombie) => {
      const untouched = whyNotSignaled(zombie, onlooker);
      return { ...zombie, untouched, main: this.#mainOf(zombie) };
    });
  }

  #mainOf({ program }: Zombie): MainProcess | null {
    const entry = program === null ? undefined : this.#parts.engine.programs.get(program);
    return entry === undefined ? null : runOf(entry.program.state);
  }

  async #reaped(signaled: readonly Zombie[]): Promise<void> {
    const { clock } = this.#parts;
    const deadline = clock.now().mono + PATIENCE_MS;
    while (signaled.some(isStillZombie) && clock.now().mono < deadline) {
      await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
    }
  }

  #reportCleaned(cleaned: readonly Judged[]): void {
    const { records } = this.#parts;
    const reason = `${describeZombies(cleaned)}: reaped after SIGCHLD`;
    records.announce('zombies-cleaned', reason, { count: cleaned.length, pids: cleaned.map(({ pid }) => pid) });
  }

  /** Reports new zombies: those of programs as facts, others as an event of the engine. */
  #report(left: readonly Judged[]): void {
    const news = left.filter((zombie) => !this.#reported.has(zombieKey(zombie)) && zombie.parentPid !== process.pid);
    this.#reported = new Set(left.map(zombieKey));
    const unmanaged = news.filter(({ program }) => program === null);
    for (const [id, own] of groupByProgram(news)) {
      const main = own[0]?.main ?? null;
      if (main !== null) this.#parts.engine.post(id, notReapedFact(own, main));
    }
    if (unmanaged.length === 0) return;
    const { records } = this.#parts;
    const zombies = unmanaged
      .slice(0, 50)
      .map(({ pid, name, parentPid, untouched }) => ({ pid, name, parentPid, untouched }));
    records.announce('zombies-found', describeUnmanaged(unmanaged), { count: unmanaged.length, zombies });
  }

  #restarting(left: readonly Judged[]): readonly string[] {
    const { engine } = this.#parts;
    return [...groupByProgram(left).keys()].filter((id) => engine.programs.get(id)?.program.state.name === 'stopping');
  }
}

function groupByProgram(zombies: readonly Judged[]): ReadonlyMap<string, readonly Judged[]> {
  const groups = new Map<string, Judged[]>();
  for (const zombie of zombies) {
    if (zombie.program !== null) groups.set(zombie.program, [...(groups.get(zombie.program) ?? []), zombie]);
  }
  return groups;
}

function notReapedFact(zombies: readonly Judged[], of: MainProcess): FactOf<'zombiesNotReaped'> {
  return {
    kind: 'zombiesNotReaped',
    of,
    pids: zombies.map(({ pid }) => pid),
    story: `${describeZombies(zombies)} not reaped`,
  };
}

function describeUnmanaged(zombies: readonly Judged[]): string {
  const reasons = new Set(zombies.map(({ untouched }) => untouched ?? 'its parent did not reap them after SIGCHLD'));
  return `${describeZombies(zombies)} not reaped: ${[...reasons].join(', ')}`;
}

function viewOf({ pid, name, parentPid, parentName, ageMs, program, untouched }: Judged): ZombieView {
  return { pid, name, parentPid, parentName, ageMs, program, untouched };
}
