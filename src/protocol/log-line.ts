/** One line of program output. */
export interface LogLine {
  /** ISO 8601; null if the program is logged without timestamps. */
  readonly time: string | null;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** True if the line continues in the next record (lines are split at 64 KiB). */
  readonly partial: boolean;
}
