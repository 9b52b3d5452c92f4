import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { baseOfInstance } from '../../base/instance-id.ts';
import type { Folding, ListView } from './state.ts';

const ORDER: readonly Folding[] = ['instances', 'groups', 'none'];

/** Returns the next way of folding. */
export function nextFolding(folding: Folding): Folding {
  return ORDER[(ORDER.indexOf(folding) + 1) % ORDER.length] ?? 'none';
}

/** Only these files can define several instances of a program. */
const CAN_HAVE_INSTANCES = /\.(?:ya?ml|json)(?::\d+)?$/;

/**
 * Returns the row that a program is folded into: `worker-*` for its instances, or `@group`. No program can have such an
 * id. Null for a program that stands by itself.
 */
function familyOf({ id, source, groups }: SnapshotRow, folding: Folding): string | null {
  switch (folding) {
    case 'none':
      return null;
    case 'instances': {
      const base = baseOfInstance(id);
      return base === null || !CAN_HAVE_INSTANCES.test(source) ? null : `${base}-*`;
    }
    case 'groups':
      return groups[0] === undefined ? null : `@${groups[0]}`;
  }
}

/** Returns the programs that a row stands for; empty for the row of a program. */
export function membersOf(rows: readonly SnapshotRow[], id: string, folding: Folding): readonly SnapshotRow[] {
  return isFamily(id) ? rows.filter((row) => familyOf(row, folding) === id) : [];
}

/** Returns whether a row stands for several programs. */
export function isFamily(id: string): boolean {
  return id.startsWith('@') || id.endsWith('-*');
}

/** Returns the family that the row of a program is in, as far as the table shows one; null if there is none. */
export function familyShown(listed: readonly SnapshotRow[], id: string | null, folding: Folding): string | null {
  const row = listed.find((each) => each.id === id);
  if (row === undefined) return null;
  if (isFamily(row.id)) return row.id;
  const family = familyOf(row, folding);
  return listed.some((each) => each.id === family) ? family : null;
}

/** Folds rows that belong together. A family has the place of its first row, and its rows below it if it is opened. */
export function foldRows(
  rows: readonly SnapshotRow[],
  folding: ListView['folding'],
  opened: ListView['opened'],
): readonly SnapshotRow[] {
  if (folding === 'none') return rows;
  const families = new Map<string, SnapshotRow[]>();
  for (const row of rows) {
    const family = familyOf(row, folding);
    if (family === null) continue;
    const members = families.get(family);
    if (members === undefined) families.set(family, [row]);
    else members.push(row);
  }
  if (families.size === 0) return rows;
  const drawn = new Set<string>();
  return rows.flatMap((row): readonly SnapshotRow[] => {
    const family = familyOf(row, folding);
    const members = family === null ? undefined : families.get(family);
    if (family === null || members === undefined || !belongTogether(members, folding)) return [row];
    if (drawn.has(family)) return [];
    drawn.add(family);
    return [familyRow(family, members), ...(opened.has(family) ? members : [])];
  });
}

/** Instances have one definition, so programs that only look like them are not folded. */
function belongTogether(members: readonly SnapshotRow[], folding: Folding): boolean {
  if (folding !== 'instances') return true;
  return members.length > 1 && members.every(({ source }) => source === members[0]?.source);
}

/** Returns one row for several programs: their sums, and the state of the first one, which is the one to look at. */
function familyRow(id: string, members: readonly SnapshotRow[]): SnapshotRow {
  const worst = members.find((row) => row.health === 'unhealthy' || row.state !== 'running') ?? members[0];
  if (worst === undefined) throw new Error(`the family "${id}" has no rows`);
  const running = members.filter(({ state }) => state === 'running').length;
  const sum = (valueOf: (row: SnapshotRow) => number | null): number | null => {
    const values = members.map(valueOf).filter((value) => value !== null);
    return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
  };
  const limit = (valueOf: (row: SnapshotRow) => number | null): number | null =>
    members.every((row) => valueOf(row) !== null) ? sum(valueOf) : null;
  return {
    ...worst,
    id,
    name: `${id.replace(/-\*$/, '')} ${String(running)}/${String(members.length)}`,
    pid: null,
    cpuPercent: sum(({ cpuPercent }) => cpuPercent),
    memoryMb: sum(({ memoryMb }) => memoryMb),
    restarts: sum(({ restarts }) => restarts) ?? 0,
    processes: sum(({ processes }) => processes) ?? 0,
    limits: { cpuPercent: limit(({ limits }) => limits.cpuPercent), memoryMb: limit(({ limits }) => limits.memoryMb) },
  };
}
