/** A refusal needs no word here: a lost connection shows by itself, and what is missing is asked for again. */
export async function ask<T>(answer: Promise<T>, take: (result: T) => void): Promise<void> {
  let result: T;
  try {
    result = await answer;
  } catch {
    return;
  }
  take(result);
}

/** Not again while the last answer is awaited. */
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
