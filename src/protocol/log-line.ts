/** One line of program output. */
export interface LogLine {
  /** ISO 8601; null if the program is logged without timestamps. */
  readonly time: string | null;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** True if the line continues in the next record (lines are split at 64 KiB). */
  readonly partial: boolean;
  /** The run that printed the line. Only on request; absent in logs of earlier versions, which do not record it. */
  readonly run?: number;
  /**
   * Set if the program did not print this line: it says that a run started, or that the output of a run continues after
   * that of another one. Only on request.
   */
  readonly mark?: 'started' | 'continued';
  /** The original bytes in Base64, only if they are not UTF-8: `text` has U+FFFD in their place. */
  readonly base64?: string;
  /**
   * In the first line of an answer of `logs`, and only if older lines exist: the cursor that `logs` takes as `before` to
   * return the lines before this one.
   */
  readonly before?: string;
  /** In the last line of an answer of `logs`: the cursor that `logs` and `subscribeLog` take as `after` to continue. */
  readonly after?: string;
}
