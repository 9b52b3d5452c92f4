const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5000;

/**
 * Returns the delay before the next attempt: 250 ms after the first failure, doubled after each further one, at most 5 s.
 * @param failures the number of failed attempts in a row, at least 1
 */
export function reconnectDelayMs(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 10));
}
