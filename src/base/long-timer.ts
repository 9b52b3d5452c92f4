/** The longest time that a timer of Node can wait: a longer one would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Calls back once after `ms` of monotonic time, which may be any number: Infinity never calls back. Returns a function that
 * cancels the timer.
 */
export function startTimer(callback: () => void, ms: number): () => void {
  if (ms <= LONGEST_TIMER_MS) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  }
  const dueMs = performance.now() + ms;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const leftMs = dueMs - performance.now();
    timer = leftMs <= LONGEST_TIMER_MS ? setTimeout(callback, leftMs) : setTimeout(wait, LONGEST_TIMER_MS);
  };
  wait();
  return () => clearTimeout(timer);
}

/** Returns monotonic time in ms. The first use of `performance` loads modules of Node, for which a short command would wait. */
export function uptimeMs(): number {
  return process.uptime() * 1000;
}
