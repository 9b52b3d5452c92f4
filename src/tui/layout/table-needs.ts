import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { widthOfText } from '../text/narrow-text.ts';
import { memoizeLast } from '../state/memoize-last.ts';
import { type ProgramTrees, withProcesses } from '../state/process-rows.ts';
import type { State } from '../state/state.ts';
import { lookAtMs } from '../state/look-at.ts';
import { hasReason } from '../text/why-text.ts';

/** What the programs of the table need of its columns. */
export interface TableNeeds {
  /** The width of the longest name. */
  readonly name: number;
  readonly hasCpuLimit: boolean;
  readonly hasMemoryLimit: boolean;
  /** The folder that all definitions have in common; empty if there is none. It ends in a slash. */
  readonly folder: string;
  /** The length of the longest place of a definition in that folder. */
  readonly source: number;
  /** The length of the longest reason; 0 if none has to be shown. */
  readonly why: number;
}

/** The width of reasons does not follow each of them, so that columns do not move all the time. */
const WHY_STEP = 24;

/** Returns the needs of the table; the same object for as long as they do not change. */
export function tableNeeds({ rows, nowMs, trees, list }: Pick<State, 'rows' | 'nowMs' | 'trees' | 'list'>): TableNeeds {
  return needsOf(rows, lookAtMs(nowMs), trees, list.opened);
}

const needsOf = memoizeLast(
  (rows: readonly SnapshotRow[], atMs: number, trees: ProgramTrees, opened: State['list']['opened']): TableNeeds => {
    const folder = commonFolder(rows.map(({ source }) => source));
    return sameNeeds(
      largest(withProcesses(rows, trees, opened), ({ name }) => widthOfText(name)),
      rows.some(({ limits }) => limits.cpuPercent !== null),
      rows.some(({ limits }) => limits.memoryMb !== null),
      folder,
      largest(rows, ({ source }) => placeInFolder(source, folder).length),
      rows.some((row) => hasReason(row, atMs))
        ? Math.ceil((largest(rows, ({ why }) => why.length) + WHY_STEP) / WHY_STEP) * WHY_STEP
        : 0,
    );
  },
);

const sameNeeds = memoizeLast(
  (
    name: number,
    hasCpuLimit: boolean,
    hasMemoryLimit: boolean,
    folder: string,
    source: number,
    why: number,
  ): TableNeeds => ({ name, hasCpuLimit, hasMemoryLimit, folder, source, why }),
);

function largest(rows: readonly SnapshotRow[], sizeOf: (row: SnapshotRow) => number): number {
  return rows.reduce((most, row) => Math.max(most, sizeOf(row)), 0);
}

/** Returns the place of a definition without the common folder. */
export function placeInFolder(source: string, folder: string): string {
  return folder !== '' && source.startsWith(folder) ? source.slice(folder.length) : source;
}

/** Returns the folder of all paths, if there are several and it is not the root. Sources that are no paths are left out. */
function commonFolder(sources: readonly string[]): string {
  const paths = sources.filter((source) => source.startsWith('/'));
  const [first = ''] = paths;
  if (paths.length < 2) return '';
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  while (folder.length > 1 && !paths.every((path) => path.startsWith(folder)))
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  return folder.length > 1 ? folder : '';
}
