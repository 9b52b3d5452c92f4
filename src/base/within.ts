/** Settles like the promise, or resolves to `fallback` after `ms`. Leaves no timer behind. */
export async function within<T, Fallback>(ms: number, promise: Promise<T>, fallback: Fallback): Promise<T | Fallback> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Fallback>((resolve) => {
    timer = setTimeout(() => resolve(fallback), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
