import { describeScan, type JudgedZombie, type ZombieScan } from '../../policy/zombie-scan.ts';
import { byParent, describeZombies, whyNotSignaled, type Zombie, zombieKey } from '../../policy/zombies.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import { type MainProcess, runOf } from '../../policy/lifecycle/state.ts';
import type { ZombieCleanup, ZombieView } from '../../protocol/results/zombie-view.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
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

/** A zombie, with the main process of its program when it was found; null if it belongs to none. */
interface Judged extends JudgedZombie {
  readonly main: MainProcess | null;
}

/** What a scan has to report. */
interface Found {
  readonly cleaned: readonly Judged[];
  readonly left: readonly Judged[];
  readonly mayAct: boolean;
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
    else this.#report({ cleaned: [], left: this.#find(), mayAct: false });
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
    this.#report({ cleaned, left, mayAct: true });
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

  /** Reports new zombies: those of programs as facts, and all of them together in one event of the engine. */
  #report({ cleaned, left, mayAct }: Found): void {
    const { engine, records } = this.#parts;
    const news = left.filter((zombie) => !this.#reported.has(zombieKey(zombie)) && zombie.parentPid !== process.pid);
    this.#reported = new Set(left.map(zombieKey));
    for (const [id, own] of groupByProgram(news)) {
      const main = own[0]?.main ?? null;
      if (main !== null) engine.post(id, notReapedFact(own, main));
    }
    if (news.length === 0) return;
    const responses = this.#responses(news);
    const { reason, data } = describeScan({ cleaned, left: news, responses, mayAct, patienceMs: PATIENCE_MS });
    const quiet = news.every(({ program }) => program !== null && !isAlertWanted(engine.programs.get(program)));
    records.announce('zombies-found', reason, {
      ...data,
      ...(quiet ? { quiet } : {}),
      ...(mayAct ? {} : { action: 'observe' }),
    });
  }

  #restarting(left: readonly Judged[]): readonly string[] {
    return [...this.#responses(left)].flatMap(([id, response]) => (response === 'restarted' ? [id] : []));
  }

  #responses(left: readonly Judged[]): ZombieScan['responses'] {
    const { engine } = this.#parts;
    return new Map(
      [...groupByProgram(left).keys()].flatMap((id) => {
        const program = engine.programs.get(id)?.program;
        if (program?.spec.zombies !== 'restart-parent') return [];
        return [[id, program.state.name === 'stopping' ? 'restarted' : 'would restart'] as const];
      }),
    );
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

/** Returns whether alerts about zombies are switched on for a program. */
function isAlertWanted(entry: ManagedProgram | undefined): boolean {
  const notify = entry?.program.spec.notify ?? 'all';
  return notify === 'all' || (notify !== 'none' && notify.includes('zombies-found'));
}

function viewOf({ pid, name, parentPid, parentName, ageMs, program, untouched }: JudgedZombie): ZombieView {
  return { pid, name, parentPid, parentName, ageMs, program, untouched };
}
