/**
 * Calls back once when the signal aborts, or now if it has aborted. Returns a function that stops listening, so that a
 * signal that outlives many operations does not collect listeners.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) callback();
  else signal.addEventListener('abort', callback, { once: true });
  return () => signal.removeEventListener('abort', callback);
}
