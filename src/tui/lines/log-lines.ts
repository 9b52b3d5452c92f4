import type { LogLine } from '../../protocol/log-line.ts';
import { type LogView, matches, topOf } from '../store/log-view.ts';
import type { State } from '../store/state.ts';
import { timeOfDay } from './figures.ts';
import { fillHeight, line, ruledLine } from './line.ts';
import { cutText } from './narrow-text.ts';
import { type Scene, type Span, span } from './scene.ts';
import { wrapText } from './wrap-text.ts';

/** The opened program's output, with what the window on it is doing. */
export function logLines({ log }: State, scene: Scene): readonly string[] {
  const title = [span('Log', 'strong'), span(` ${titleNote(log, scene.height - 1)}`, 'muted')];
  return fillHeight(scene, [ruledLine(scene, title, searchNote(log)), ...outputLines(log, scene)]);
}

/** The last lines of the selected program, below the table. */
export function tailLines({ log, list }: State, scene: Scene): readonly string[] {
  const title = [span('Log', 'strong'), span(list.selectedId === null ? '' : ` of ${list.selectedId}`)];
  return fillHeight(scene, [ruledLine(scene, title, 'l opens it'), ...outputLines(log, scene)]);
}

function titleNote(log: LogView, height: number): string {
  const skipped = log.skipped === 0 ? '' : `, ${log.skipped} skipped: they are in the file`;
  const wraps = log.wraps ? ', wrapped' : '';
  const below = log.firstNumber + log.lines.length - topOf(log, height) - height;
  const position = log.isFollowing ? 'following' : below > 0 ? `${below} more below` : 'at the end';
  return `${position}${wraps}${skipped}`;
}

function searchNote({ search }: LogView): string {
  return search === '' ? '' : `"${search}" n next, N previous`;
}

function outputLines(log: LogView, scene: Scene): readonly string[] {
  const height = scene.height - 1;
  if (log.lines.length === 0) return [line(scene, [span('  (nothing was written yet)', 'muted')])];
  const first = topOf(log, height) - log.firstNumber;
  const shown = log.lines.slice(first, first + height);
  const painted = shown.flatMap((entry, index) => entryLines(entry, log.firstNumber + first + index, log, scene));
  return log.isFollowing ? painted.slice(-height) : painted.slice(0, height);
}

/** One line of output: time, stream, text. Errors carry an E, for those who see no colours. */
function entryLines(entry: LogLine, number: number, log: LogView, scene: Scene): string[] {
  const isError = entry.stream === 'stderr';
  const time = entry.time === null ? '' : `${timeOfDay(entry.time)} `;
  const prefix = [
    span(number === log.match ? scene.glyphs.cursor : ' '),
    span(time, 'muted'),
    isError ? span('E ', 'bad') : span('  '),
  ];
  const width = scene.columns - 1 - time.length - 2;
  const paint = (text: string): Span[] => textSpans(text, isError ? 'bad' : 'plain', log.search);
  if (!log.wraps) return [line(scene, [...prefix, ...paint(skipColumns(entry.text, log.column))])];
  const indent = [span(' '.repeat(scene.columns - width))];
  return wrapText(entry.text, width).map((text, index) =>
    line(scene, [...(index === 0 ? prefix : indent), ...paint(text)]),
  );
}

function skipColumns(text: string, columns: number): string {
  return columns === 0 ? text : text.slice(cutText(text, columns, '').length);
}

/** Cuts the text where the search matches, so that the matches stand out. */
function textSpans(text: string, tone: Span['tone'], search: string): Span[] {
  if (!matches(text, search)) return [span(text, tone)];
  const spans: Span[] = [];
  const lower = text.toLowerCase();
  const wanted = search.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    spans.push(span(text.slice(from, at), tone), span(text.slice(at, at + wanted.length), 'match'));
    from = at + wanted.length;
  }
  return [...spans, span(text.slice(from), tone)].filter((piece) => piece.text !== '');
}
