/** Rows of the screen that show what other rows below them showed before. */
export interface ScrolledRows {
  /** The first row of the region, and the row after its last one. */
  readonly from: number;
  readonly to: number;
  /** By how many rows the text moved up. */
  readonly by: number;
}

/** Fewer rows are sent again: the sequences that scroll take as much as a short line. */
const LEAST_ROWS = 3;
const LEAST_CHARS = 60;

/** Returns the region whose text moved up, as in a log that grows; null if sending the rows again takes less. */
export function findScrolledRows(shown: readonly string[], next: readonly string[]): ScrolledRows | null {
  const by = commonDistance(shown, next);
  if (by === 0) return null;
  let best: ScrolledRows | null = null;
  let from = 0;
  for (let row = 0; row <= next.length; row += 1) {
    if (row < next.length && next[row] !== undefined && next[row] === shown[row + by]) continue;
    const isLonger = best === null || row - from > best.to - best.by - best.from;
    if (row - from >= LEAST_ROWS && isLonger) best = { from, to: row + by, by };
    from = row + 1;
  }
  return best !== null && savedChars(shown, next, best) >= LEAST_CHARS ? best : null;
}

/** Returns the distance that most of the changed rows moved up; 0 if they did not. */
function commonDistance(shown: readonly string[], next: readonly string[]): number {
  if (!hasChanged(shown, next, LEAST_ROWS)) return 0;
  const rowOf = new Map<string, number>();
  for (const [row, line] of shown.entries()) if (line !== '' && line !== next[row]) rowOf.set(line, row);
  const votes = new Map<number, number>();
  for (const [row, line] of next.entries()) {
    if (line === shown[row]) continue;
    const distance = (rowOf.get(line) ?? row) - row;
    if (distance > 0) votes.set(distance, (votes.get(distance) ?? 0) + 1);
  }
  const [most = [0, 0]] = [...votes].toSorted((a, b) => b[1] - a[1]);
  return most[1] >= LEAST_ROWS ? most[0] : 0;
}

/** Returns whether at least this many rows have changed. */
function hasChanged(shown: readonly string[], next: readonly string[], least: number): boolean {
  let changed = 0;
  for (let row = 0; row < next.length && changed < least; row += 1) if (next[row] !== shown[row]) changed += 1;
  return changed >= least;
}

/** Counts the characters that need not be sent again. */
function savedChars(shown: readonly string[], next: readonly string[], { from, to, by }: ScrolledRows): number {
  let saved = 0;
  for (let row = from; row < to - by; row += 1) if (next[row] !== shown[row]) saved += next[row]?.length ?? 0;
  return saved;
}
