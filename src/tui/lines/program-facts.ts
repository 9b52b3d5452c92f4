import { limitsText } from '../text/figures.ts';
import { fitInOrder } from '../text/fit-in-order.ts';
import { cutText } from '../text/narrow-text.ts';
import { memoizeLast } from '../state/memoize-last.ts';
import { selectCurrentRow } from '../store/selectors.ts';
import type { State } from '../state/state.ts';

interface FactCell {
  readonly title: string;
  /** If not all facts fit, those with the highest number are dropped first. */
  readonly priority: number;
  /** The maximum width of the value in characters. */
  readonly width: number;
}

const FACTS = [
  { title: 'PID', priority: 0, width: 10 },
  { title: 'State', priority: 1, width: 10 },
  { title: 'Restarts', priority: 2, width: 8 },
  { title: 'Limits', priority: 3, width: 14 },
  { title: 'Tree', priority: 5, width: 5 },
  { title: 'Health', priority: 6, width: 9 },
  { title: 'Last exit', priority: 4, width: 44 },
  { title: 'Source', priority: 7, width: 30 },
] as const satisfies readonly FactCell[];

type Values = Readonly<Record<(typeof FACTS)[number]['title'], string>>;

/** The spaces and the border of a cell. */
const CELL_FRAME = 3;

/** Returns facts about the opened program that seldom change, cut to fit the screen. */
export function selectFacts(state: State): Readonly<Record<string, string>> {
  const row = selectCurrentRow(state);
  if (row === null) return NO_FACTS;
  return fitted(
    state.size.columns,
    String(row.pid ?? '-'),
    row.state,
    String(row.restarts),
    limitsText(row.limits) || 'none',
    String(row.processes),
    row.health,
    row.lastExit?.reason ?? 'none',
    row.source,
  );
}

const NO_FACTS: Readonly<Record<string, string>> = { PID: '-' };

/** Takes plain strings, so that the same facts are the same object, which Ink does not lay out again. */
const fitted = memoizeLast((columns: number, ...texts: readonly string[]): Readonly<Record<string, string>> => {
  const values = Object.fromEntries(FACTS.map(({ title }, index) => [title, asciiSafe(texts[index] ?? '')])) as Values;
  const cells = fitInOrder(
    FACTS.toSorted((a, b) => a.priority - b.priority),
    columns - 1,
    ({ title, width }, left) =>
      CELL_FRAME + Math.max(title.length, Math.min(width, values[title].length, left - CELL_FRAME)),
  );
  return Object.fromEntries(
    FACTS.flatMap((fact) => {
      const width = cells.get(fact);
      return width === undefined ? [] : [[fact.title, cutText(values[fact.title], width - CELL_FRAME, '...')]];
    }),
  );
});

/** ink-table measures by `length`, so a wide character would shift the border. */
function asciiSafe(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}
