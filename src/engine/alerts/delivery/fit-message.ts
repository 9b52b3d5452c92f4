import { cutText } from '../../../base/cut-text.ts';
import type { AlertMessage } from '../../../protocol/alert.ts';
import { partsOf, renderParts, renderText } from './message-text.ts';

/** Returns whether a text is short enough for a receiver, for example in bytes after escaping. */
export type Fits = (text: string) => boolean;

type SingleAlert = Extract<AlertMessage, { form: 'alert' }>;
type Digest = Extract<AlertMessage, { form: 'digest' }>;

/** How many lines of output, and how many characters of each, are tried one after the other. */
const LINE_CUTS: readonly (readonly [lines: number, chars: number])[] = [
  [20, 1_000],
  [20, 200],
  [10, 200],
  [5, 200],
  [2, 100],
  [0, 0],
];

/**
 * Returns the text of a message, shortened until it fits: first the output, oldest lines first; of a digest, the reasons, and
 * then names. What is left out is marked or counted.
 */
export function fitMessage(message: AlertMessage, fits: Fits): string {
  return message.form === 'alert' ? fitAlert(message, fits) : fitDigest(message, fits);
}

function fitAlert(message: SingleAlert, fits: Fits): string {
  for (const [count, chars] of LINE_CUTS) {
    const text = renderText({ ...message, lines: lastLines(message.lines, count, chars) });
    if (fits(text)) return text;
  }
  return cutUntil(renderText({ ...message, lines: [] }), fits);
}

/** Returns the last lines, with a mark for those that were left out. */
export function lastLines(lines: readonly string[], count: number, chars: number): string[] {
  const kept = count === 0 ? [] : lines.slice(-count).map((line) => cutText(line, chars));
  const left = lines.length - kept.length;
  return left === 0 ? kept : [`… (${String(left)} earlier ${left === 1 ? 'line' : 'lines'} omitted)`, ...kept];
}

function fitDigest(message: Digest, fits: Fits): string {
  const full = renderText(message);
  if (fits(full)) return full;
  const names = [...new Set(message.alerts.map(({ process, subject }) => process ?? subject))];
  const parts = partsOf(message);
  const { entries } = parts;
  const head = renderParts({ ...parts, entries: [], commands: [] });
  // All names are worth more than some reasons.
  const entryCount = mostThatFit(entries.length, (count) =>
    fits(digestText(head, entries.slice(0, count), names, names.length)),
  );
  if (entryCount > 0 || fits(digestText(head, [], names, names.length))) {
    return digestText(head, entries.slice(0, entryCount), names, names.length);
  }
  const nameCount = mostThatFit(names.length, (count) => fits(digestText(head, [], names, count)));
  return cutUntil(digestText(head, [], names, nameCount), fits);
}

function digestText(head: string, entries: readonly string[], names: readonly string[], nameCount: number): string {
  const left = names.length - nameCount;
  const more = left === 0 ? '' : ` … and ${String(left)} more programs`;
  const list = `Programs\n${names.slice(0, nameCount).join(', ')}${more}`;
  const first = entries.length === 0 ? '' : `\n\nThe first ${String(entries.length)} alerts\n${entries.join('\n')}`;
  return `${head.trimEnd()}\n\n${list}${first}\n`;
}

/** Returns the largest number up to `max` that fits, by bisection; 0 if none does. */
export function mostThatFit(max: number, fits: (count: number) => boolean): number {
  let [low, high] = [0, max];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function cutUntil(text: string, fits: Fits): string {
  if (fits(text)) return text;
  return cutText(
    text,
    mostThatFit(text.length, (length) => fits(cutText(text, length))),
  );
}
