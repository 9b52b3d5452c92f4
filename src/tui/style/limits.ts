/** Every cap and rhythm of the terminal UI in one place. */
export const TUI_LIMITS = {
  /** Uptimes and countdowns are repainted this often. */
  tickMs: 1000,
  /** Frames closer together than this are merged into one. */
  frameMs: 33,
  /** After a frame of many bytes the next one waits until a slow line has taken them: 16 KB a second ... */
  bytesPerMs: 16,
  /** ... but no longer than this, and not this long after the screen opened or a key was pressed. */
  slowestFrameMs: 250,
  hurryMs: 500,
  /** How long a lone Escape waits for the rest of a sequence; SSH may split one. */
  escapeMs: 50,
  /** How long an unfinished paste waits for its end. */
  pasteMs: 2000,
  /** Characters of one paste; the rest is dropped. */
  pasteChars: 64 * 1024,
  /** How often a terminal that stopped reading is tried again. */
  stalledRetryMs: 10,
  /** How long leaving waits for a terminal that does not read. */
  restoreMs: 500,
  /** How long after a pager has ended its Ctrl-C may still arrive here. */
  lateInterruptMs: 1000,
  /** Lines of the opened program's output that are held. */
  logLines: 5000,
  /** Of one line; the whole of it stands in the log file. */
  logLineChars: 8192,
  /** Lines asked for when the log of a program is opened. */
  logTail: 500,
  /** Programs whose output is shown together; an engine grants a client only so many streams. */
  logPrograms: 8,
  eventsHeld: 1000,
  /** Past events asked for when the screen opens. */
  eventsAtStart: 500,
  /** A selection that moves on within this time asks for no output. */
  logDelayMs: 80,
  /** How often the details of the opened program are read anew. */
  detailsMs: 3000,
  /** How long a rolling restart waits for a program to be up again. */
  rollingMs: 60_000,
  /** An engine that sends nothing for so long, or for three of the rates asked for, hangs. */
  silenceMs: 5000,
  /** Samples of the charts: 15 minutes at one a second. */
  usageSamples: 900,
  /** Ticks a sample of the table's trend lasts: slower trends mean fewer changed lines. */
  trendTicks: 2,
  trendSamples: 32,
  /** After an operation its result stays this long before news may replace it. */
  messageMs: 4000,
  /** Why something was refused takes longer to read, and to act on. */
  refusalMs: 10_000,
  smallestColumns: 40,
  smallestRows: 10,
} as const;
