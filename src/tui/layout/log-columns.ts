import type { LogView, NumberedLine } from '../state/log-view.ts';
import { timeOfDay } from '../text/figures.ts';
import { widthOfText } from '../text/narrow-text.ts';

export const LONGEST_NAME = 40;

/** Returns the width of the names in front of the lines: the longest one, or a third of a narrow screen. */
export function nameWidth({ ids }: LogView, columns: number): number {
  const longest = Math.max(...ids.map(widthOfText));
  return Math.min(longest, LONGEST_NAME, Math.floor(columns / 3));
}

/** Returns the time in front of a line, with a space after it; empty if it is not shown. */
export function timeText({ time, mark }: NumberedLine, { times }: LogView): string {
  if (time === null || times === 'none' || mark === 'date') return '';
  const date = times === 'date' ? `${new Date(time).toLocaleDateString('sv')} ` : '';
  return `${date}${timeOfDay(time)} `;
}

/** The cursor, and the sign of the stream. */
const FRAME_WIDTH = 3;
/** The stripe before the name of a program, and the space after it. */
const NAME_FRAME = 2;

/** Returns the width of the text of a line. */
export function textWidth(line: NumberedLine, log: LogView, columns: number): number {
  const name = log.ids.length <= 1 ? 0 : nameWidth(log, columns) + NAME_FRAME;
  return Math.max(1, columns - FRAME_WIDTH - name - timeText(line, log).length);
}
