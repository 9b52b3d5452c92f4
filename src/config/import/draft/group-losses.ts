import { formatNote, type ImportNote } from './imported.ts';

/** Losses that change nothing about how programs run. They are listed last. */
const UNIMPORTANT =
  /\b(?:log|logs|log_file|logfile|error_file|out_file|log_date_format|merge_logs|namespace|source_map_support|vizion|pmx|deploy)\b/i;
/** The number of places that one line names. */
const SHOWN_PLACES = 3;

/**
 * Returns losses as lines: the same loss of several programs is one line with its places, and those that change how programs
 * run come first.
 */
export function groupLosses(losses: readonly ImportNote[]): readonly string[] {
  const groups = new Map<string, ImportNote[]>();
  for (const loss of losses) {
    const key = `${fieldOf(loss.place)} ${loss.message}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [loss]);
    else known.push(loss);
  }
  const [important, others] = [false, true].map((isMinor) =>
    [...groups.values()].filter(([loss]) => loss !== undefined && isUnimportant(loss) === isMinor),
  );
  return [...(important ?? []), ...(others ?? [])].map(lineOf);
}

function lineOf(group: readonly ImportNote[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const others = group.slice(1, SHOWN_PLACES).map(({ place }) => place);
  const omitted = group.length - 1 - others.length;
  const places = [...others, ...(omitted > 0 ? [`${String(omitted)} more`] : [])];
  return places.length === 0 ? formatNote(first) : `${formatNote(first)} (also ${places.join(', ')})`;
}

/** Returns the field in a place such as "ecosystem.config.js: apps[0].watch"; empty for a line number. */
function fieldOf(place: string): string {
  return /\]\.?([\w.]*)$/.exec(place)?.[1] ?? '';
}

function isUnimportant({ place, message }: ImportNote): boolean {
  return UNIMPORTANT.test(fieldOf(place)) || UNIMPORTANT.test(message.split(' ')[0] ?? '');
}
