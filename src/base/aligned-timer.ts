/**
 * Calls back at the multiples of an interval on the monotonic clock, so that timers with related intervals wake the process
 * together: waking it costs more than what most of them do. The first call is at the next multiple, at least half an
 * interval from now. Returns the function that ends it.
 */
export function startAlignedTimer(intervalMs: number, callback: () => void): () => void {
  let timer = setTimeout(fire, untilNext(intervalMs));
  function fire(): void {
    timer = setTimeout(fire, untilNext(intervalMs));
    callback();
  }
  return () => clearTimeout(timer);
}

/**
 * Returns the time in ms until the next multiple of an interval on the monotonic clock that is at least half an interval away:
 * a timer may fire slightly early, and the multiple that it was armed for does not count twice.
 */
export function untilNext(intervalMs: number): number {
  const leftMs = intervalMs - (performance.now() % intervalMs);
  return leftMs < intervalMs / 2 ? leftMs + intervalMs : leftMs;
}
