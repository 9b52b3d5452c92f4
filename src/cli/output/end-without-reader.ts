import { messageOf } from '../../base/thrown.ts';

/** EPIPE: the reader of a pipe closed it. EIO: the terminal is gone. */
const READER_IS_GONE = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

const listeners = new Set<() => void>();
let isGone = false;

function onStdoutError(error: NodeJS.ErrnoException): void {
  if (!READER_IS_GONE.has(error.code ?? '')) {
    // Commands carry out what they were asked for, even if nothing can be printed any more.
    process.exitCode = 1;
    process.stderr.write(`healer: cannot write the output: ${messageOf(error)}\n`);
  }
  isGone = true;
  for (const listener of listeners) listener();
}

/** Nothing can be reported any more. */
function onStderrError(): void {
  process.exitCode ??= 0;
}

/**
 * Ignores that nothing reads the output any more: when the reader of a pipe closes it, as in `healer logs | head`, or when
 * the terminal is gone. The command continues without output, and its exit code still says whether it failed.
 */
export function continueWithoutReader(): void {
  process.stdout.on('error', onStdoutError);
  process.stderr.on('error', onStderrError);
}

/** Cancels `continueWithoutReader`, for whatever handles such errors itself: an engine in the foreground, or another bundle. */
export function leaveErrorsToOthers(): void {
  process.stdout.off('error', onStdoutError);
  process.stderr.off('error', onStderrError);
}

/** Whether nothing reads stdout any more, so that printing is pointless. */
export function isReaderGone(): boolean {
  return isGone;
}

/** Calls back once nothing reads stdout any more. Returns a function that stops listening. */
export function onReaderGone(listener: () => void): () => void {
  listeners.add(listener);
  if (isGone) listener();
  return () => listeners.delete(listener);
}
