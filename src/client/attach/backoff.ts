const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5000;

/** How long to wait after that many failed attempts in a row (1 for the first): doubling, up to five seconds. */
export function reconnectDelayMs(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 10));
}
