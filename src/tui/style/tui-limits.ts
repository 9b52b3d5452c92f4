/** All limits and intervals of the terminal UI. */
export const TUI_LIMITS = {
  /** How often uptimes and countdowns are updated. */
  tickMs: 1000,
  /** Frames that follow within this time are merged into one. */
  frameMs: 33,
  /** Frames that no key asked for write at most this much per ms on average, but no frame delays the next one longer ... */
  bytesPerMs: 2.4,
  slowestFrameMs: 1200,
  /** ... and more while an opened log is followed. Nothing is delayed within `hurryMs` after the screen opened or a key. */
  readBytesPerMs: 8,
  slowestReadMs: 400,
  hurryMs: 500,
  /** How long a single Escape waits for the rest of a sequence, which SSH may split. */
  escapeMs: 50,
  /** How long an unfinished paste waits for its end. */
  pasteMs: 2000,
  /** How long an unfinished reply of the terminal waits for its end. */
  stringMs: 2000,
  /** What is kept of a reply of the terminal and of the parameters of a sequence; the rest is dropped. */
  reportChars: 4096,
  sequenceChars: 256,
  /** Keys that arrive within this time belong together; no key waits longer than `groupMs` for others. */
  togetherMs: 20,
  groupMs: 100,
  /** More different keys in succession than this cannot be typed within a group. */
  typableKeys: 3,
  /** Maximum length of one paste in characters; the rest is dropped. */
  pasteChars: 64 * 1024,
  /** Maximum length of a filter, a search or a command; the rest is dropped, and a message says so. */
  promptChars: 500,
  /** Maximum length of a field of a form. */
  fieldChars: 4096,
  /** How often a write to a terminal that stopped reading is retried. */
  stalledRetryMs: 10,
  /** How long the restoring sequence waits for a terminal that does not read. */
  restoreMs: 500,
  /** How long after a pager has exited its Ctrl-C may still arrive here. */
  lateInterruptMs: 1000,
  /** Lines of output that are kept for the opened program. */
  logLines: 5000,
  /** Lines that are held while a log is read back. */
  logLinesRead: 50_000,
  /** Lines that are read at once from further back. */
  logPage: 2000,
  /** Maximum length of a line; what is cut is counted at its end. Text that is not ASCII takes longer to measure. */
  logLineChars: 8192,
  logAsciiLineChars: 128 * 1024,
  /** Lines of a program that are shown below an event of the healing log, at most. */
  momentLines: 8,
  /** Lines requested when the log of a program is opened. */
  logTail: 500,
  /** Programs whose output is shown together; the engine limits the streams of a client. */
  logPrograms: 8,
  /** Events that are kept. */
  eventsHeld: 1000,
  /** Past events requested when the screen opens. */
  eventsAtStart: 500,
  /** How long a program has to stay selected before its output is requested. */
  logDelayMs: 80,
  /** How often the details of the opened program are read. */
  detailsMs: 3000,
  /** Of how many programs that are unfolded in the table the processes are read. */
  treesRead: 10,
  /** How long a rolling restart waits for a program to run again. */
  rollingMs: 60_000,
  /** An engine that sends nothing for this long, or for three refresh intervals, is considered unresponsive. */
  silenceMs: 5000,
  /** Samples in a chart: 15 minutes at one per second. */
  usageSamples: 900,
  /** Ticks between samples of the table's trend: the slower the trend, the fewer lines change. */
  trendTicks: 2,
  /** Ticks between samples of memory, which changes slowly. */
  memoryTrendTicks: 10,
  /** Samples that are kept for a trend. */
  trendSamples: 32,
  /** How long the result of an operation is shown before news may replace it. */
  messageMs: 4000,
  /** How long a refusal is shown; it takes longer to read, and to act on. */
  refusalMs: 10_000,
  /** The smallest terminal that the screen fits on. */
  smallestColumns: 40,
  smallestRows: 10,
} as const;
