import { hasStartTime } from '../../base/process-identity.ts';
import { isDead } from '../../base/proc-stat.ts';
import { assignOwner, createManagedTree, type KnownProcess, type ManagedTree } from './known-process.ts';
import type { TreeRoot } from './sampler.ts';

/** An index of the processes of the machine. */
export interface ProcessIndex {
  get(pid: number): KnownProcess | undefined;
  all(): Iterable<KnownProcess>;
}

/** Returns the program that the mark of a process names; null without a mark. */
export type OwnerIdOf = (pid: number) => string | null;

/** Orphans are re-parented to the engine if it is a subreaper, otherwise to init. */
const { pid: ownPid } = process;
const INIT_PID = 1;

/**
 * Assigns processes to programs. A process belongs to the nearest root among itself and its ancestors; otherwise to the
 * root of its session or process group; otherwise to the program that it belonged to before its parent exited; otherwise,
 * for an orphan that was never seen below its parent, to the program that its mark names. Determined once for each process,
 * and again for all when the roots change.
 */
export class TreeForest {
  readonly #processes: ProcessIndex;
  readonly #ownerIdOf: OwnerIdOf;
  readonly #byId = new Map<string, ManagedTree>();
  readonly #byRootPid = new Map<number, ManagedTree>();

  constructor(processes: ProcessIndex, ownerIdOf: OwnerIdOf = () => null) {
    this.#processes = processes;
    this.#ownerIdOf = ownerIdOf;
  }

  /** Returns a tree while its root is running. */
  get(id: string): ManagedTree | undefined {
    const tree = this.#byId.get(id);
    return tree !== undefined && this.#isRooted(tree) ? tree : undefined;
  }

  /** Replaces the trees with those of running `roots`, and assigns new processes. */
  update(roots: readonly TreeRoot[], newcomers: Iterable<KnownProcess>): void {
    const droppedOthers = this.#dropOthers(roots);
    const addedAny = this.#addTrees(roots);
    this.#settle(newcomers, droppedOthers || addedAny);
  }

  /** Adds one root; other trees are kept. */
  add(root: TreeRoot, newcomers: Iterable<KnownProcess>): ManagedTree | undefined {
    const added = this.#addTrees([root]);
    this.#settle(newcomers, added);
    return this.get(root.id);
  }

  #isRooted({ root }: ManagedTree): boolean {
    return this.#processes.get(root.stat.pid) === root && !isDead(root.stat);
  }

  #dropOthers(roots: readonly TreeRoot[]): boolean {
    if (roots.length === this.#byId.size && roots.every(({ id }) => this.#byId.has(id))) return false;
    const wanted = new Set(roots.map((root) => root.id));
    let dropped = false;
    for (const tree of this.#byId.values()) {
      if (wanted.has(tree.id)) continue;
      this.#drop(tree);
      dropped = true;
    }
    return dropped;
  }

  /** Returns whether anything changed. */
  #addTrees(roots: readonly TreeRoot[]): boolean {
    let changed = false;
    for (const root of roots) {
      const tree = this.#byId.get(root.id);
      if (tree !== undefined && isOf(root, tree.root) && this.#isRooted(tree)) continue;
      if (tree !== undefined) this.#drop(tree);
      const added = this.#addTree(root);
      changed ||= added || tree !== undefined;
    }
    return changed;
  }

  #addTree(root: TreeRoot): boolean {
    const process = this.#processes.get(root.pid);
    if (process === undefined || isDead(process.stat) || !isOf(root, process)) return false;
    const tree = createManagedTree(root.id, process);
    this.#byId.set(root.id, tree);
    this.#byRootPid.set(root.pid, tree);
    return true;
  }

  #drop(tree: ManagedTree): void {
    for (const member of tree.members) assignOwner(member, null);
    this.#byId.delete(tree.id);
    const { pid } = tree.root.stat;
    if (this.#byRootPid.get(pid) === tree) this.#byRootPid.delete(pid);
  }

  #settle(newcomers: Iterable<KnownProcess>, rootsChanged: boolean): void {
    if (rootsChanged) {
      for (const process of this.#processes.all()) process.isSettled = false;
    }
    const unsettled = rootsChanged ? this.#processes.all() : newcomers;
    for (const process of unsettled) this.#settleOne(process);
  }

  /** Finds the nearest root or ancestor with a known owner, then assigns it downwards. Reused pids may form a cycle of parents. */
  #settleOne(process: KnownProcess): void {
    const path: KnownProcess[] = [];
    let at: KnownProcess | undefined = process;
    while (at !== undefined && !at.isSettled) {
      at.isSettled = true;
      path.push(at);
      at = this.#treeRootedAt(at) === undefined ? this.#processes.get(at.stat.parentPid) : undefined;
    }
    let owner = at?.owner ?? null;
    for (const descendant of path.reverse()) {
      owner = this.#ownerOf(descendant, owner);
      assignOwner(descendant, owner);
    }
  }

  #ownerOf(process: KnownProcess, parentsOwner: ManagedTree | null): ManagedTree | null {
    const { sessionId, groupId } = process.stat;
    const rooted = this.#treeRootedAt(process);
    const related = rooted ?? parentsOwner ?? this.#byRootPid.get(sessionId) ?? this.#byRootPid.get(groupId);
    return related ?? process.owner ?? this.#markedOwner(process);
  }

  #markedOwner(process: KnownProcess): ManagedTree | null {
    if (process.markedId === undefined) {
      const { pid, parentPid } = process.stat;
      process.markedId = parentPid === ownPid || parentPid === INIT_PID ? this.#ownerIdOf(pid) : null;
    }
    return (process.markedId === null ? undefined : this.get(process.markedId)) ?? null;
  }

  #treeRootedAt(process: KnownProcess): ManagedTree | undefined {
    const tree = this.#byRootPid.get(process.stat.pid);
    return tree?.root === process ? tree : undefined;
  }
}

function isOf(root: TreeRoot, process: KnownProcess): boolean {
  return process.stat.pid === root.pid && hasStartTime(root, process.stat);
}
