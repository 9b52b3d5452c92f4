import { type BigIntStats, lstatSync, type Stats, statSync } from 'node:fs';

/**
 * Returns the facts about what a path leads to; undefined if it leads nowhere, or cannot be examined. The option
 * `throwIfNoEntry` of Node covers missing files only: it throws if a part of the path is a file, or may not be searched.
 */
export function statsOf(path: string): Stats | undefined {
  return unlessThrown(() => statSync(path));
}

/** As `statsOf`, with numbers that hold every inode. */
export function bigStatsOf(path: string): BigIntStats | undefined {
  return unlessThrown(() => statSync(path, { bigint: true }));
}

/** As `statsOf`, for a symbolic link itself. */
export function linkStatsOf(path: string): Stats | undefined {
  return unlessThrown(() => lstatSync(path));
}

function unlessThrown<Value>(examine: () => Value): Value | undefined {
  try {
    return examine();
  } catch {
    return undefined;
  }
}
