import { byParent, describeZombies, whyNotSignaled, type Zombie, zombieKey } from '../../policy/zombies.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import type { ZombieCleanup, ZombieView } from '../../protocol/results/zombie-view.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import { describeObserver, findZombies, isStillZombie } from '../os/find-zombies.ts';
import type { ReadProcessTable } from '../os/process-table.ts';
import { signalExactly } from '../os/send-signal.ts';
import type { Records } from '../records/records.ts';

/** How long a parent has to reap after it was asked. */
const PATIENCE_MS = 5_000;
const LOOK_EACH_MS = 100;
const MS_PER_S = 1_000;

/** What the watch over zombies works with. */
export interface ZombieWatchParts {
  readonly engine: Pick<Engine, 'findByPid' | 'post' | 'programs'>;
  readonly clock: Clock;
  readonly records: Pick<Records, 'announce'>;
  readonly readTable: ReadProcessTable;
  /** Between two scans. */
  readonly intervalSeconds: () => number;
  /** Whether healing is neither held nor told to observe, as a whole. */
  readonly mayAct: () => boolean;
}

/** A zombie with why its parent is let alone, if it is. */
interface Judged extends Zombie {
  readonly untouched: string | null;
}

/** Looks for dead processes that nobody waits for, and has their parents reap them. */
export class ZombieWatch {
  readonly #parts: ZombieWatchParts;
  /** Those that were told: each once, for as long as it is there. */
  #reported: ReadonlySet<string> = new Set();
  #nextAt: number;
  #cleaning: Promise<ZombieCleanup> | null = null;

  constructor(parts: ZombieWatchParts) {
    this.#parts = parts;
    this.#nextAt = parts.clock.now().mono + parts.intervalSeconds() * MS_PER_S;
  }

  /** Oldest first. */
  list(): readonly ZombieView[] {
    return this.#find().map(viewOf);
  }

  /** To be called each second: scans when it is time to, also when the interval was shortened. */
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

  /** Asks every parent that may be asked to reap, and waits for it; those who ask meanwhile get the same answer. */
  clean(): Promise<ZombieCleanup> {
    this.#cleaning ??= this.#clean().finally(() => {
      this.#cleaning = null;
    });
    return this.#cleaning;
  }

  async #clean(): Promise<ZombieCleanup> {
    const found = this.#find();
    const asked = found.filter(({ untouched }) => untouched === null);
    const table = this.#parts.readTable(MS_PER_S);
    for (const pid of byParent(asked).keys()) {
      const parent = table.get(pid);
      if (parent !== undefined) signalExactly(parent, 'SIGCHLD');
    }
    await this.#reaped(asked);
    const left = found.filter(isStillZombie);
    const leftKeys = new Set(left.map(zombieKey));
    const cleaned = asked.filter((zombie) => !leftKeys.has(zombieKey(zombie)));
    if (cleaned.length > 0) this.#reportCleaned(cleaned);
    this.#report(left);
    return { cleaned: cleaned.map(viewOf), left: left.map(viewOf), restarting: this.#restarting(left) };
  }

  #find(): readonly Judged[] {
    const { engine, readTable } = this.#parts;
    const table = readTable(0);
    const onlooker = describeObserver(table);
    const zombies = findZombies(table, (pid) => engine.findByPid(pid)?.id ?? null);
    return zombies.map((zombie) => ({ ...zombie, untouched: whyNotSignaled(zombie, onlooker) }));
  }

  async #reaped(asked: readonly Zombie[]): Promise<void> {
    const { clock } = this.#parts;
    const deadline = clock.now().mono + PATIENCE_MS;
    while (asked.some(isStillZombie) && clock.now().mono < deadline) {
      await new Promise<void>((resolve) => clock.after(LOOK_EACH_MS, resolve));
    }
  }

  #reportCleaned(cleaned: readonly Judged[]): void {
    const { records } = this.#parts;
    const reason = `${describeZombies(cleaned)}: reaped after a SIGCHLD`;
    records.announce('zombies-cleaned', reason, { count: cleaned.length, pids: cleaned.map(({ pid }) => pid) });
  }

  /** Tells those that were not told before: of programs as a fact of theirs, of others as an event of the engine. */
  #report(left: readonly Judged[]): void {
    const news = left.filter((zombie) => !this.#reported.has(zombieKey(zombie)) && zombie.parentPid !== process.pid);
    this.#reported = new Set(left.map(zombieKey));
    const strangers = news.filter(({ program }) => program === null);
    for (const [id, own] of groupByProgram(news)) this.#parts.engine.post(id, keptFact(own));
    if (strangers.length === 0) return;
    const { records } = this.#parts;
    const zombies = strangers
      .slice(0, 50)
      .map(({ pid, name, parentPid, untouched }) => ({ pid, name, parentPid, untouched }));
    records.announce('zombies-found', describeStrangers(strangers), { count: strangers.length, zombies });
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

function keptFact(zombies: readonly Judged[]): FactOf<'zombiesNotReaped'> {
  return {
    kind: 'zombiesNotReaped',
    pids: zombies.map(({ pid }) => pid),
    story: `${describeZombies(zombies)} stay unreaped`,
  };
}

function describeStrangers(zombies: readonly Judged[]): string {
  const reasons = new Set(zombies.map(({ untouched }) => untouched ?? 'it was asked to reap them'));
  return `${describeZombies(zombies)} stay unreaped: ${[...reasons].join(', ')}`;
}

function viewOf({ pid, name, parentPid, parentName, ageMs, program, untouched }: Judged): ZombieView {
  return { pid, name, parentPid, parentName, ageMs, program, untouched };
}
