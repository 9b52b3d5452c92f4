/** Passes a result on and ignores errors: a lost connection is shown anyway, and the request is repeated later. */
export async function ask<T>(answer: Promise<T>, take: (result: T) => void): Promise<void> {
  let result: T;
  try {
    result = await answer;
  } catch {
    return;
  }
  take(result);
}

/** Returns a function that starts the read unless the previous one is still running. */
export function onceAtATime(read: () => Promise<void>): () => void {
  let isReading = false;
  return () => {
    if (isReading) return;
    isReading = true;
    void read().finally(() => {
      isReading = false;
    });
  };
}
