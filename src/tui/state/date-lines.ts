interface DatedLine {
  readonly number: number;
  /** ISO 8601. */
  readonly time: string | null;
}

const DAY_FORMAT: Intl.DateTimeFormatOptions = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' };

/**
 * Inserts a line in front of the first one of each local day, if the lines are not all of the same day. `create` gets the
 * line that follows, a number between it and the one before, and the date. Returns the same array if nothing is inserted.
 */
export function withDates<Line extends DatedLine>(
  lines: readonly Line[],
  create: (next: Line, number: number, date: string) => Line,
): readonly Line[] {
  const first = lines.find(({ time }) => time !== null)?.time ?? null;
  const last = lines.findLast(({ time }) => time !== null)?.time ?? null;
  // Lines are ordered by time, so this is all that has to be looked at on most days.
  if (first === null || last === null || isWithin(last, dayOf(first))) return lines;
  let day: Day = { from: '', to: '' };
  return lines.flatMap((line) => {
    if (line.time === null || isWithin(line.time, day)) return [line];
    day = dayOf(line.time);
    const date = new Date(line.time).toLocaleDateString('en-US', DAY_FORMAT);
    return [create(line, line.number - 0.5, date), line];
  });
}

/** The first moment of a local day and of the next one, ISO 8601, which are compared as text: parsing is slow. */
interface Day {
  readonly from: string;
  readonly to: string;
}

function dayOf(time: string): Day {
  const date = new Date(time);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  return { from: new Date(year, month, day).toISOString(), to: new Date(year, month, day + 1).toISOString() };
}

function isWithin(time: string, { from, to }: Day): boolean {
  return time >= from && time < to;
}
