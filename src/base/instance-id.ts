/** Instances are numbered from 0, without leading zeros: `db-01` is a program of its own. */
const INSTANCE = /^(.+)-(0|[1-9]\d*)$/;

/** Returns whether an id is the program's id followed by a dash and a number, as the ids of its instances are. */
export function isInstanceOf(id: string, program: string): boolean {
  return baseOfInstance(id) === program;
}

/** Returns the id of the program that an id could be an instance of: `web` for `web-0`; null if its form is another. */
export function baseOfInstance(id: string): string | null {
  return INSTANCE.exec(id)?.[1] ?? null;
}

/** A program, and where it is defined. */
interface Defined {
  readonly id: string;
  readonly source: string;
}

/**
 * Returns the ids of the instances of each program that has some. Instances share one definition, and are numbered without
 * gaps; the ids of other programs only look like that.
 */
export function instanceFamilies(programs: readonly Defined[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Set(programs.map(({ id }) => id));
  const found = new Map<string, Defined[]>();
  for (const program of programs) {
    const base = baseOfInstance(program.id);
    if (base === null || ids.has(base)) continue;
    found.set(base, [...(found.get(base) ?? []), program]);
  }
  const families = new Map<string, readonly string[]>();
  for (const [base, members] of found) {
    const isOne = members.every(
      ({ source }, index) => source === members[0]?.source && ids.has(`${base}-${String(index)}`),
    );
    if (isOne)
      families.set(
        base,
        members.map(({ id }) => id),
      );
  }
  return families;
}
