import { createStyle } from '../../src/cli/output/style.ts';
import type { Terminal } from '../../src/cli/output/terminal.ts';

/** A terminal without colors that keeps what a command prints. */
export interface RecordingTerminal extends Terminal {
  /** Lines on stdout. */
  readonly out: readonly string[];
  /** Lines on stderr, without the prefix "healer: ". */
  readonly err: readonly string[];
}

export function recordingTerminal(
  options: { readonly json?: boolean; readonly columns?: number; readonly isScreen?: boolean } = {},
): RecordingTerminal {
  const out: string[] = [];
  const err: string[] = [];
  return {
    out,
    err,
    json: options.json ?? false,
    quiet: false,
    ascii: false,
    color: 'none',
    style: createStyle('none'),
    ellipsis: '…',
    columns: options.columns ?? Infinity,
    isScreen: options.isScreen ?? false,
    isInteractive: false,
    print: (line) => void out.push(line),
    write: (output) => void out.push(String(output)),
    isReaderSlow: () => false,
    drained: () => Promise.resolve(),
    repaint: (lines) => void out.push(...lines),
    printJson: (value) => void out.push(JSON.stringify(value)),
    note: (sentence) => void err.push(sentence),
    progress: () => undefined,
  };
}
