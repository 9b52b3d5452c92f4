/** EPIPE: the reader of a pipe closed it. EIO: the terminal is gone. */
const READER_IS_GONE = new Set(['EPIPE', 'EIO']);

function onError(error: NodeJS.ErrnoException): void {
  if (READER_IS_GONE.has(error.code ?? '')) process.exit(0);
  throw error;
}

/**
 * Exits with 0 when nothing reads the output any more: when the reader of a pipe closes it, as in `healer logs | head`, or
 * when the terminal is gone.
 */
export function endQuietlyWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onError);
}

/** Cancels `endQuietlyWithoutReader`, for an engine in the foreground: it outlives its terminal and handles such errors itself. */
export function continueWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) stream.off('error', onError);
}
