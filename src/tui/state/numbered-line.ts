import type { StyledText } from '../../base/styled-text.ts';
import type { LogLine } from '../../protocol/log-line.ts';

/** A line of output that is safe to show. */
export type CleanLine = LogLine & StyledText;

/**
 * A line with its program, and a number that it keeps when older lines are dropped. `before` is the cursor of the lines
 * before it, where that is known.
 */
export type NumberedLine = Omit<CleanLine, 'mark'> & {
  readonly number: number;
  readonly program: string;
  /** Whether the user marked it, to return to it. */
  readonly bookmarked?: true;
  /** A date is shown where a day begins. */
  readonly mark?: NonNullable<CleanLine['mark']> | 'date';
};

/** A line that the user marked. It is found again by what it says, because lines are dropped and read again. */
export interface Bookmark {
  readonly program: string;
  /** ISO 8601; null if the program is logged without times. */
  readonly time: string | null;
  readonly stream: CleanLine['stream'];
  readonly text: string;
}
