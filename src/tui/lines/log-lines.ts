import { styledPieces } from '../../base/styled-text.ts';
import { nameWidth, textWidth, timeText } from '../layout/log-columns.ts';
import { countBelow, lineNumberAt, type LogRoom, scrollThumb, topPlace } from '../layout/log-place.ts';
import { bookmarksShown } from '../state/bookmarks.ts';
import { countMatches } from '../state/log-search.ts';
import { type LogView, matches, type NumberedLine, shownLines } from '../state/log-view.ts';
import type { State } from '../state/state.ts';
import { fillHeight, line, ruledLine } from '../text/line.ts';
import { cutMiddle, cutText, fitText, widthOfText } from '../text/narrow-text.ts';
import { BORDER_ROWS, scrollBarColumns } from '../layout/screen.ts';
import { hasPanes, paneLines } from './pane-lines.ts';
import { logChips, logTones } from './log-chips.ts';
import type { Glyphs } from '../style/glyphs.ts';
import { memoizeLast } from '../state/memoize-last.ts';
import type { Theme } from '../style/theme.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { wrapText } from '../text/wrap-text.ts';

/** Draws the output of the opened program, with the settings of the view in the heading. */
export function logLines({ log }: State, scene: Scene): readonly string[] {
  const bar = scrollBarColumns(scene.columns);
  const inside = { ...scene, columns: scene.columns - bar };
  const room = { columns: inside.columns, height: scene.height - 1 };
  const note = `Log ${titleNote(log, room)}`;
  const chips = log.ids.length > 1 ? logChips(log, scene.columns - widthOfText(note) - 4, scene) : [];
  const title = [span('Log', 'strong'), span(note.slice(3), 'muted'), ...chips];
  const rows = outputLines(log, inside);
  const shown =
    bar === 0 ? rows : withScrollBar(fillHeight({ ...inside, height: room.height }, rows), log, room, scene);
  return fillHeight(scene, [ruledLine(scene, title, ...searchNotes(log)), ...shown]);
}

/** Adds the scroll bar at the right edge. */
function withScrollBar(rows: readonly string[], log: LogView, room: LogRoom, { theme, glyphs }: Scene): string[] {
  const thumb = scrollThumb(log, room);
  if (thumb === null) return rows.map((text) => (text === '' ? text : `${text} `));
  return rows.map((text, index) => {
    const isThumb = index >= thumb.from && index < thumb.to;
    const sign = isThumb ? theme.paint('info', glyphs.barFull) : theme.paint('muted', glyphs.side);
    return (text === '' ? ' '.repeat(room.columns) : text) + sign;
  });
}

/** Draws the last lines of the selected program, below the table. */
export function tailLines(state: State, scene: Scene): readonly string[] {
  const { columns, height, theme, glyphs } = scene;
  return drawTail(
    state.log,
    state.list.selectedId,
    state.focus === 'log',
    hasPanes(state),
    columns,
    height,
    theme,
    glyphs,
  );
}

/** The log beside the table seldom changes while the table does. */
const drawTail = memoizeLast(
  (
    log: LogView,
    id: string | null,
    hasFocus: boolean,
    isBoxed: boolean,
    columns: number,
    height: number,
    theme: Theme,
    glyphs: Glyphs,
  ) => tailOf(log, { id, hasFocus, isBoxed }, { columns, height, theme, glyphs }),
);

interface Tail {
  /** The program whose log it is. */
  readonly id: string | null;
  readonly hasFocus: boolean;
  readonly isBoxed: boolean;
}

function tailOf(log: LogView, { id, hasFocus, isBoxed }: Tail, scene: Scene): readonly string[] {
  const note = hasFocus ? `  ${titleNote(log, roomOf(scene, isBoxed))}` : '';
  const title = [span('Log', 'strong'), span(id === null ? '' : ` of ${id}`), span(note, 'muted')];
  if (isBoxed) {
    const [found] = searchNotes(log);
    const right = [span(found ?? (hasFocus ? 'Tab: table' : 'l: open, Tab: focus'), 'muted')];
    const thumb = scrollThumb(log, roomOf(scene, isBoxed));
    return paneLines(scene, { left: title, right, hasFocus, thumb }, (inside) =>
      fillHeight(inside, outputLines(log, { ...inside, height: inside.height + 1 })),
    );
  }
  const notes = hasFocus ? [...searchNotes(log), 'Tab: table'] : ['l: open, Tab: focus', 'l: open'];
  return fillHeight(scene, [ruledLine(scene, title, ...notes), ...outputLines(log, scene)]);
}

function roomOf({ columns, height }: Scene, isBoxed: boolean): LogRoom {
  return isBoxed ? { columns: columns - 2, height: height - BORDER_ROWS } : { columns, height: height - 1 };
}

function titleNote(log: LogView, room: LogRoom): string {
  const below = countBelow(log, room);
  const unheld = log.unheld - log.fresh.unheld;
  const skipped = log.skipped - log.fresh.skipped;
  const notes = [
    log.isFollowing ? `following${paceText(log, room)}` : below > 0 ? `${below} more below` : 'at the end',
    log.wraps ? 'wrapped' : '',
    log.stream === 'both' ? '' : `${log.stream} only`,
    log.level === null ? '' : `${log.level} and above`,
    log.showsFields ? 'JSON by fields' : '',
    log.seek !== null ? 'reading older lines' : heldText(log, room),
    bookmarkText(log),
    unheld <= 0 ? '' : `${unheld} newer not shown (f: follow)`,
    skipped <= 0 ? '' : `${skipped} skipped (see the log file)`,
  ];
  return notes.filter((note) => note !== '').join(', ');
}

/** Says how many lines pass without being shown, if more arrive within a second than fit. */
function paceText({ perSecond }: LogView, { height }: LogRoom): string {
  if (perSecond <= height) return '';
  // Two digits, so that the heading stays as it is while the pace varies a little.
  const pace = Number(perSecond.toPrecision(2));
  return `, ${String(Math.max(1, pace - height))} of ${String(pace)} lines/s not shown`;
}

/** Says where the screen is in the log, and whether lines before it are not held. */
function heldText(log: LogView, room: LogRoom): string {
  if (log.isFollowing || log.search !== '') return '';
  const { index, row } = topPlace(log, room);
  const { at, of } = lineNumberAt(log, shownLines(log)[index]);
  const count = String(of + Math.max(0, log.unheld - log.fresh.unheld));
  const isTop = index === 0 && row === 0;
  if (log.older.size > 0)
    return isTop ? `${count} lines held, older ones above` : `line ${String(at)} of ${count} held`;
  return isTop ? 'beginning of the log' : `line ${String(at)} of ${count}`;
}

function bookmarkText(log: LogView): string {
  const { length } = bookmarksShown(log);
  return length === 0 ? '' : `${String(length)} ${length === 1 ? 'bookmark' : 'bookmarks'}`;
}

/** Returns notes about the search, the longest first; the first one that fits is shown. */
function searchNotes(log: LogView): readonly string[] {
  const { search, matchesOnly } = log;
  if (search === '') return [];
  const { at, of } = countMatches(log);
  const count = at === null ? `${of} ${of === 1 ? 'line' : 'lines'}` : `${at} of ${of}`;
  const found = `${matchesOnly ? 'only ' : ''}"${search}" ${count}`;
  return [
    `${found}  n: next, N: previous, &: ${matchesOnly ? 'show all' : 'only these'}`,
    `${found}  n, N, &`,
    found,
    count,
  ];
}

function outputLines(log: LogView, scene: Scene): readonly string[] {
  const height = scene.height - 1;
  const shown = shownLines(log);
  if (shown.length === 0) {
    return [line(scene, [span(`  (${emptyText(log)})`, 'muted')])];
  }
  const { index, row } = topPlace(log, { columns: scene.columns, height });
  const painted: string[] = [];
  for (let at = index; at < shown.length && painted.length < height + row; at += 1) {
    const entry = shown[at];
    if (entry !== undefined) painted.push(...entryLines(entry, log, scene));
  }
  return painted.slice(row, row + height);
}

function emptyText({ isLoaded, lines }: LogView): string {
  if (!isLoaded) return 'loading the log ...';
  return lines.length === 0 ? 'no output yet' : 'no line matches the stream, the level or the search';
}

/** Draws a line of output: program, time, stream, text. Lines of stderr have an E, so that color is not needed. */
function entryLines(entry: NumberedLine, log: LogView, scene: Scene): string[] {
  if (entry.mark !== undefined) return [markLine(entry, log, scene)];
  const isError = entry.stream === 'stderr';
  const program = programSpans(entry, log, scene);
  const time = timeText(entry, log);
  const prefix = [
    signSpan(entry, log, scene),
    ...program,
    span(time, 'muted'),
    isError ? span('E ', 'bad') : span('  '),
  ];
  const width = textWidth(entry, log, scene.columns);
  const tone = isError ? 'bad' : 'plain';
  if (!log.wraps) {
    const from = firstShown(entry.text, log, width);
    const cut = from > 0 && log.column === 0 ? [span(scene.glyphs.ellipsis, 'muted')] : [];
    return [
      line(scene, [
        ...prefix,
        ...cut,
        ...outputSpans(entry, { from, to: Math.min(entry.text.length, from + charsFor(width)) }, tone, log.search),
      ]),
    ];
  }
  const indent = [span(' '.repeat(scene.columns - width))];
  let from = 0;
  return wrapText(entry.text, width).map((text, index) => {
    const spans = outputSpans(entry, { from, to: from + text.length }, tone, log.search);
    from += text.length;
    return line(scene, [...(index === 0 ? prefix : indent), ...spans]);
  });
}

/** Draws the sign of a bookmark, or the cursor at the line where a search or a jump ended. */
function signSpan({ number, bookmarked }: NumberedLine, { match }: LogView, { glyphs }: Scene): Span {
  if (bookmarked === true) return span(glyphs.mark, number === match ? 'selected' : 'busy');
  return span(number === match ? glyphs.cursor : ' ');
}

/** Draws where the output of a run begins or continues. */
function markLine(entry: NumberedLine, log: LogView, scene: Scene): string {
  return line(scene, [
    signSpan(entry, log, scene),
    ...programSpans(entry, log, scene),
    span(`${timeText(entry, log)}-- `, 'muted'),
    ...outputSpans(entry, { from: 0, to: entry.text.length }, 'muted', log.search),
    span(' --', 'muted'),
  ]);
}

/** Draws the stripe and the name of the program of a line, in its color, where several are shown. */
function programSpans({ program, mark }: NumberedLine, log: LogView, { glyphs, columns }: Scene): readonly Span[] {
  if (log.ids.length <= 1 || mark === 'date') return [];
  const width = nameWidth(log, columns);
  const name = fitText(cutMiddle(program, width, glyphs.ellipsis), width, glyphs.ellipsis);
  return [span(`${glyphs.stripe}${name} `, logTones(log).get(program) ?? 'info')];
}

/** Returns where the visible part of a line starts: at the chosen column, or near a match beyond the edge. */
function firstShown(text: string, { column, search }: LogView, width: number): number {
  if (column > 0) return cutText(text.slice(0, charsFor(column)), column, '').length;
  const at = search === '' ? -1 : text.toLowerCase().indexOf(search.toLowerCase());
  const end = cutText(text.slice(0, charsFor(width)), width - 1, '').length;
  if (at === -1 || at + search.length <= end) return 0;
  const from = Math.max(0, at - Math.floor(width / 3));
  return isLowSurrogate(text, from) ? from - 1 : from;
}

/** Returns how much of a long line is measured: marks and joined emoji take several characters a column. */
function charsFor(columns: number): number {
  return columns * 8 + 32;
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Indexes of characters; `to` is excluded. */
interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** Returns a part of the text, split where its style changes and where the search matches. */
function outputSpans(entry: NumberedLine, { from, to }: TextRange, tone: Span['tone'], search: string): Span[] {
  return styledPieces(entry, from, to).flatMap(({ text, style }) => {
    if (matches(text, search)) return matchSpans(text, tone, search);
    return style === null ? [span(text, tone)] : [{ text, tone, style }];
  });
}

function matchSpans(text: string, tone: Span['tone'], search: string): Span[] {
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
