/** A dead process that its parent has not waited for, with what decides whether anything may be done about it. */
export interface Zombie {
  readonly pid: number;
  readonly startTicks: number;
  readonly name: string;
  readonly parentPid: number;
  readonly parentName: string;
  /** Null where it cannot be read. */
  readonly parentUid: number | null;
  readonly isParentKernelThread: boolean;
  /** Since the process was started, dead or alive. */
  readonly ageMs: number;
  /** The program to whose tree it belongs. */
  readonly program: string | null;
}

/** Who looks. */
export interface Onlooker {
  readonly pid: number;
  readonly uid: number;
  readonly ancestors: ReadonlySet<number>;
}

const INIT_PID = 1;

/** Why the parent of a zombie is let alone; null where it may be asked to reap. */
export function whyUntouched(zombie: Zombie, onlooker: Onlooker): string | null {
  const { parentPid, parentUid, isParentKernelThread, program } = zombie;
  if (parentPid === onlooker.pid) return 'the engine reaps its own';
  if (parentPid === INIT_PID) return 'its parent is PID 1';
  if (isParentKernelThread) return 'its parent is a thread of the kernel';
  if (onlooker.ancestors.has(parentPid)) return 'its parent is an ancestor of the engine';
  const isOthers = program === null && parentUid !== onlooker.uid;
  return isOthers ? "its parent is another user's" : null;
}

/** Names a zombie for good: its pid may be given to another later. */
export function zombieKey({ pid, startTicks }: Pick<Zombie, 'pid' | 'startTicks'>): string {
  return `${String(pid)}:${String(startTicks)}`;
}

/** Each parent once, with the zombies that it has. */
export function byParent<Z extends Pick<Zombie, 'parentPid'>>(
  zombies: readonly Z[],
): ReadonlyMap<number, readonly Z[]> {
  const groups = new Map<number, Z[]>();
  for (const zombie of zombies) groups.set(zombie.parentPid, [...(groups.get(zombie.parentPid) ?? []), zombie]);
  return groups;
}

/** As in `3 zombies of "sh" (pid 12)`. */
export function describeZombies(zombies: readonly Zombie[]): string {
  const parents = [...byParent(zombies)].map(([pid, own]) => `"${own[0]?.parentName ?? ''}" (pid ${String(pid)})`);
  const count = zombies.length === 1 ? '1 zombie' : `${String(zombies.length)} zombies`;
  const named = parents.slice(0, 5).join(', ');
  return `${count} of ${named}${parents.length > 5 ? ` and ${String(parents.length - 5)} more` : ''}`;
}
