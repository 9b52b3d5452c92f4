/** How often a pipe or a file gets a line about an operation that takes long. */
const LINE_MS = 5_000;

/**
 * Returns a function that shows progress where there is no terminal: the latest text becomes a line every 5 s if it has changed.
 * An operation that is over sooner prints nothing. Null ends it.
 */
export function createProgressLines(print: (line: string) => void): (text: string | null) => void {
  let timer: NodeJS.Timeout | null = null;
  let latest = '';
  let printed = '';
  return (text) => {
    if (text === null) {
      if (timer !== null) clearInterval(timer);
      timer = null;
      return;
    }
    latest = text;
    if (timer !== null) return;
    timer = setInterval(() => {
      if (latest === printed) return;
      printed = latest;
      print(latest);
    }, LINE_MS);
    // It keeps no command alive.
    timer.unref();
  };
}
