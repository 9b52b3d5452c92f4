/**
 * Joins the parts of rows that are drawn in every frame. A row whose parts stay the same is the same string, so that it
 * is neither built nor compared again.
 */
export class KeptRows {
  readonly #parts: (readonly [string, string, string])[] = [];
  readonly #rows: string[] = [];

  join(row: number, first: string, second: string, third: string): string {
    const kept = this.#parts[row];
    const text = this.#rows[row];
    if (kept !== undefined && text !== undefined && kept[0] === first && kept[1] === second && kept[2] === third)
      return text;
    const joined = first + second + third;
    this.#parts[row] = [first, second, third];
    this.#rows[row] = joined;
    return joined;
  }
}
