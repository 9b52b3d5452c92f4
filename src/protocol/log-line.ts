/** One line of a program's output. */
export interface LogLine {
  /** ISO 8601; null when the program's logs carry no timestamps. */
  readonly time: string | null;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** True when the line goes on in the next record (a line is cut at 64 KiB). */
  readonly partial: boolean;
}
