import type { TreeMember } from '../../protocol/results/process-details.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { type TreeUsage, treeUsageOf } from './tree-usage.ts';

/** The processes of a program whose row is unfolded, as they were last read. */
export interface ProgramTree {
  readonly members: readonly TreeMember[];
  readonly usage: TreeUsage;
  readonly readAtMs: number;
}

/** Trees by the id of the program. */
export type ProgramTrees = ReadonlyMap<string, ProgramTree>;

/** Stands between the id of a program and a pid. No program can have an id with this sign. */
const SIGN = '#';

/** Returns whether a row of the table is a process of a program. */
export function isProcessRow(id: string): boolean {
  return id.includes(SIGN);
}

/** Returns the program of a row: that which a process belongs to, or the row's own id. */
export function programOf(id: string): string {
  return id.split(SIGN, 1)[0] ?? id;
}

/** The ids of the rows that are unfolded. */
type OpenedRows = ReadonlySet<string>;

/** What is shown and selected. */
interface Selection {
  readonly view: { readonly kind: string; readonly tab?: string };
  readonly list: { readonly selectedId: string | null };
}

/** Returns whether a process is selected rather than its program. */
export function isOnProcess({ view, list }: Selection): boolean {
  return view.kind === 'tab' && view.tab === 'processes' && list.selectedId !== null && isProcessRow(list.selectedId);
}

/** Returns the trees with another reading of one; trees of rows that were folded are dropped. */
export function withTree(
  trees: ProgramTrees,
  opened: OpenedRows,
  read: { readonly id: string; readonly members: readonly TreeMember[]; readonly atMs: number },
): ProgramTrees {
  const before = trees.get(read.id)?.members ?? [];
  const tree = { members: read.members, usage: treeUsageOf(before, read.members), readAtMs: read.atMs };
  return new Map([...trees, [read.id, tree] as const].filter(([id]) => opened.has(id)));
}

/** Returns a process by the id of its row; null if it is not known any more. */
export function memberAt(trees: ProgramTrees, id: string): TreeMember | null {
  if (!isProcessRow(id)) return null;
  const pid = Number(id.slice(id.indexOf(SIGN) + 1));
  return trees.get(programOf(id))?.members.find((member) => member.pid === pid) ?? null;
}

/** Returns how many rows the processes of unfolded programs take. */
export function countProcessRows(trees: ProgramTrees, opened: OpenedRows): number {
  let count = 0;
  for (const [id, { members }] of trees) if (opened.has(id)) count += members.length;
  return count;
}

/** Adds the processes of unfolded programs below their rows. */
export function withProcesses(
  rows: readonly SnapshotRow[],
  trees: ProgramTrees,
  opened: OpenedRows,
): readonly SnapshotRow[] {
  if (trees.size === 0) return rows;
  return rows.flatMap((row) => {
    const tree = opened.has(row.id) && row.pid !== null ? trees.get(row.id) : undefined;
    return tree === undefined
      ? [row]
      : [row, ...orderTree(tree.members).map((placed) => processRow(row, tree, placed))];
  });
}

/** Returns a process in the form of a program, so that the table shows it in the same columns. */
function processRow(owner: SnapshotRow, tree: ProgramTree, { member, depth }: PlacedMember): SnapshotRow {
  const { pid, name, command = name, memoryMb, uptimeMs } = member;
  return {
    ...owner,
    id: `${owner.id}${SIGN}${String(pid)}`,
    name: `${' '.repeat(depth + 1)}${command}`,
    groups: [],
    pid,
    state: member.isStopped === true ? 'paused' : 'running',
    startedAt: uptimeMs === undefined ? null : new Date(tree.readAtMs - uptimeMs).toISOString(),
    cpuPercent: tree.usage.get(pid) ?? null,
    memoryMb,
    processes: 0,
    restarts: 0,
    limits: { cpuPercent: null, memoryMb: null },
    lastExit: null,
    health: 'unknown',
    healing: 'on',
    source: '',
    why: '',
  };
}

/** A process, and how many of its ancestors are in the tree. */
export interface PlacedMember {
  readonly member: TreeMember;
  readonly depth: number;
}

/** Orders processes depth first. Those whose parent is not in the list are roots. */
export function orderTree(tree: readonly TreeMember[]): readonly PlacedMember[] {
  const pids = new Set(tree.map(({ pid }) => pid));
  const place = (member: TreeMember, depth: number): PlacedMember[] => [
    { member, depth },
    ...tree.filter(({ parentPid }) => parentPid === member.pid).flatMap((child) => place(child, depth + 1)),
  ];
  return tree.filter(({ parentPid }) => !pids.has(parentPid)).flatMap((root) => place(root, 0));
}
