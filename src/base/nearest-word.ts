/** The share of letters that may be wrong; short words may have one error. */
const ERROR_FRACTION = 1 / 3;

/** Returns the candidate that is most similar to `word`, for "did you mean"; null if none is similar enough. */
export function nearestWord(word: string, candidates: readonly string[]): string | null {
  let nearest: string | null = null;
  let fewest = Math.max(1, Math.floor(word.length * ERROR_FRACTION)) + 1;
  for (const candidate of candidates) {
    const errors = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (errors < fewest) [nearest, fewest] = [candidate, errors];
  }
  return nearest;
}

/**
 * Returns how many letters must be inserted, deleted, replaced or swapped to turn one word into the other (optimal
 * string alignment, https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance).
 */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const differs = from[row - 1] === to[column - 1] ? 0 : 1;
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        cell(last, column) + 1,
        cell(current, column - 1) + 1,
        cell(last, column - 1) + differs,
        swapped && row > 1 && column > 1 ? cell(beforeLast, column - 2) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return cell(last, to.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
