/** A dead process that its parent has not reaped, with the facts that decide what may be done about it. */
export interface Zombie {
  readonly pid: number;
  readonly startTicks: number;
  readonly name: string;
  readonly parentPid: number;
  readonly parentName: string;
  /** Null if it cannot be read. */
  readonly parentUid: number | null;
  readonly isParentKernelThread: boolean;
  /** Since the start of the process, in ms. */
  readonly ageMs: number;
  /** The program to whose process tree it belongs; null if none. */
  readonly program: string | null;
}

/** The engine that looks for zombies. */
export interface Observer {
  readonly pid: number;
  readonly uid: number;
  readonly ancestors: ReadonlySet<number>;
}

const INIT_PID = 1;

/** Returns why the parent of a zombie must not be signaled; null if it may be. */
export function whyNotSignaled(zombie: Zombie, onlooker: Observer): string | null {
  const { parentPid, parentUid, isParentKernelThread, program } = zombie;
  if (parentPid === onlooker.pid) return 'its parent is the engine, which reaps it';
  if (parentPid === INIT_PID) return 'its parent is PID 1';
  if (isParentKernelThread) return 'its parent is a kernel thread';
  if (onlooker.ancestors.has(parentPid)) return 'its parent is an ancestor of the engine';
  const isOthers = program === null && parentUid !== onlooker.uid;
  return isOthers ? 'its parent belongs to another user' : null;
}

/** Returns a key that stays unique even if the pid is reused. */
export function zombieKey({ pid, startTicks }: Pick<Zombie, 'pid' | 'startTicks'>): string {
  return `${String(pid)}:${String(startTicks)}`;
}

/** Groups zombies by their parent. */
export function byParent<Z extends Pick<Zombie, 'parentPid'>>(
  zombies: readonly Z[],
): ReadonlyMap<number, readonly Z[]> {
  const groups = new Map<number, Z[]>();
  for (const zombie of zombies) groups.set(zombie.parentPid, [...(groups.get(zombie.parentPid) ?? []), zombie]);
  return groups;
}

/** Returns, e.g., `3 zombies of "sh" (pid 12)`; names at most five parents. */
export function describeZombies(zombies: readonly Zombie[]): string {
  const parents = [...byParent(zombies)].map(([pid, own]) => `"${own[0]?.parentName ?? ''}" (pid ${String(pid)})`);
  const count = zombies.length === 1 ? '1 zombie' : `${String(zombies.length)} zombies`;
  const named = parents.slice(0, 5).join(', ');
  return `${count} of ${named}${parents.length > 5 ? ` and ${String(parents.length - 5)} more` : ''}`;
}
