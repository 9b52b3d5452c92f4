import type { LogView } from './log-view.ts';
import type { Bookmark, NumberedLine } from './numbered-line.ts';

function isBookmarkOf(line: NumberedLine, { program, time, stream, text }: Bookmark): boolean {
  return line.time === time && line.program === program && line.stream === stream && line.text === text;
}

/** Marks the lines among new ones that have a bookmark, unless a line that is held has it. */
export function withBookmarks(lines: readonly NumberedLine[], log: LogView): readonly NumberedLine[] {
  const missing = log.bookmarks.filter(
    (bookmark) =>
      log.ids.includes(bookmark.program) &&
      !log.lines.some((line) => line.bookmarked === true && isBookmarkOf(line, bookmark)),
  );
  if (missing.length === 0) return lines;
  const marked = new Set(missing.map((bookmark) => lines.find((line) => isBookmarkOf(line, bookmark))));
  return lines.map((line) => (marked.has(line) ? { ...line, bookmarked: true } : line));
}

/** Sets or removes the bookmark of a line. */
export function toggleBookmark(log: LogView, { number }: NumberedLine): LogView {
  const line = log.lines.find((each) => each.number === number);
  if (line === undefined) return log;
  const { bookmarked, ...plain } = line;
  const changed: NumberedLine = bookmarked === true ? plain : { ...plain, bookmarked: true };
  const { program, time, stream, text } = line;
  const bookmarks =
    bookmarked === true
      ? log.bookmarks.filter((bookmark) => !isBookmarkOf(line, bookmark))
      : [...log.bookmarks, { program, time, stream, text }];
  return { ...log, bookmarks, lines: log.lines.map((each) => (each === line ? changed : each)) };
}

/** Returns the bookmarks of the programs that the log shows. */
export function bookmarksShown({ bookmarks, ids }: LogView): readonly Bookmark[] {
  return bookmarks.length === 0 ? bookmarks : bookmarks.filter(({ program }) => ids.includes(program));
}

/** Returns whether there is a bookmark in a line that is older than all lines that are held. */
export function hasOlderBookmark(log: LogView): boolean {
  const first = log.lines.find(({ time }) => time !== null)?.time ?? null;
  const held = log.lines.filter(({ bookmarked }) => bookmarked === true);
  return bookmarksShown(log).some(
    (bookmark) =>
      !held.some((line) => isBookmarkOf(line, bookmark)) &&
      (bookmark.time === null || first === null || bookmark.time <= first),
  );
}
