/**
 * Polls until the condition holds and returns what it gave. The way tests wait: never for a time, always for a thing.
 * @throws Error naming `what` when `timeoutMs` have passed; the condition's own error is its cause.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  what: string,
  timeoutMs = 20_000,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined)
        return value as Exclude<T, false | null | undefined>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`gave up waiting for ${what} after ${String(timeoutMs)} ms`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
