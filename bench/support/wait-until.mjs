/**
 * Polls until the condition is true. Only used outside of measurements; measured programs report their own time.
 * @template T
 * @param {() => T | Promise<T>} condition
 * @param {string} what  for the error
 * @param {{ timeoutMs?: number, everyMs?: number }} [options]
 * @returns {Promise<NonNullable<T>>}
 * @throws {Error} naming `what` after the timeout
 */
export async function waitUntil(condition, what, { timeoutMs = 60_000, everyMs = 20 } = {}) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`gave up waiting for ${what} after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
