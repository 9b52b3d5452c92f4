/** One field of a cron expression. */
interface CronField {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
  /** Whether `?` may stand for any value, as in Quartz. */
  readonly takesAny?: true;
  /** Forms beyond lists, ranges and steps. */
  readonly special?: RegExp;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const SECOND: CronField = { name: 'second', least: 0, most: 59 };
const FIELDS: readonly CronField[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day', least: 1, most: 31, takesAny: true, special: /^L$/i },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  {
    name: 'weekday',
    least: 0,
    most: 7,
    names: DAYS,
    takesAny: true,
    special: /^(?:[0-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(?:#[1-5L]|L)$/i,
  },
];

const NICKNAMES: ReadonlySet<string> = new Set([
  ...['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'],
]);

interface Word {
  readonly text: string;
  /** Counted in characters, from 1. */
  readonly position: number;
}

function wordsOf(expression: string): readonly Word[] {
  return [...expression.matchAll(/\S+/g)].map((match) => ({ text: match[0], position: match.index + 1 }));
}

/** Returns what is wrong with a cron expression, with its position; null if it is in the dialect. */
export function cronProblem(expression: string): string | null {
  const words = wordsOf(expression);
  const [first] = words;
  if (first === undefined) return 'it is empty';
  if (first.text.startsWith('@')) {
    if (words.length === 1 && NICKNAMES.has(first.text.toLowerCase())) return null;
    return `"${first.text}" at position ${String(first.position)} is not supported; the names are ${[...NICKNAMES].join(', ')}`;
  }
  if (words.length < 5 || words.length > 6) {
    const surplus = words[6];
    const where =
      surplus === undefined ? '' : `: "${surplus.text}" at position ${String(surplus.position)} is one too many`;
    return `it has ${String(words.length)} ${words.length === 1 ? 'field' : 'fields'}, but takes five (minute, hour, day, month, weekday), or six with seconds first${where}`;
  }
  const fields = words.length === 6 ? [SECOND, ...FIELDS] : FIELDS;
  for (const [index, field] of fields.entries()) {
    const word = words[index];
    const problem = word === undefined ? null : fieldProblem(word, field);
    if (problem !== null) return problem;
  }
  return null;
}

function fieldProblem({ text, position }: Word, field: CronField): string | null {
  if (text === '?' && field.takesAny === true) return null;
  let at = position;
  for (const part of text.split(',')) {
    const why = partProblem(part, field);
    if (why !== null) return `"${part}" at position ${String(at)} is not a valid ${field.name}: ${why}`;
    at += part.length + 1;
  }
  return null;
}

function partProblem(part: string, field: CronField): string | null {
  if (field.special?.test(part) === true) return null;
  const [, range = '', step] = /^([^/]*)(?:\/(.*))?$/.exec(part) ?? [];
  if (step !== undefined && !(/^\d+$/.test(step) && Number(step) >= 1 && Number(step) <= field.most)) {
    return `the step after "/" has to be from 1 to ${String(field.most)}`;
  }
  if (range === '*') return null;
  if (part.includes('?')) return '"?" can only stand alone as day or weekday, where it means any';
  if (/[LW#+]/i.test(range) && !(field.names ?? []).some((name) => range.toUpperCase().includes(name))) {
    return 'L, W, # and + are not supported here; L is the last day of the month, 5#2 the second Friday, 5L the last Friday';
  }
  const ends = range.split('-');
  const values = ends.map((end) => valueOf(end, field));
  if (ends.length > 2 || values.some((value) => value === null)) return expected(field);
  const [from = 0, to = from] = values as readonly number[];
  return from > to ? 'the range ends before it begins' : null;
}

function valueOf(text: string, { least, most, names = [] }: CronField): number | null {
  const named = names.indexOf(text.toUpperCase());
  if (named !== -1) return named + least;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

function expected({ least, most, names }: CronField): string {
  const words = names === undefined ? '' : `, or ${names[0] ?? ''} to ${names.at(-1) ?? ''}`;
  return `write * or numbers from ${String(least)} to ${String(most)}${words}, with "," "-" and "/"`;
}

/** Returns an expression in which a `?` that stands alone is written as `*`. */
export function withoutQuestionMarks(expression: string): string {
  return wordsOf(expression)
    .map(({ text }) => (text === '?' ? '*' : text))
    .join(' ');
}
