/** Writing to this many clients takes about a millisecond. */
const SLICE = 64;

/**
 * Returns a function that queues items, each at most once. A few are handled in every turn of the event loop, so that
 * thousands of clients do not delay what happens in between, such as restarting a program.
 */
export function inSlices<Item>(handle: (item: Item) => void): (items: Iterable<Item>) => void {
  const waiting = new Set<Item>();
  let isPlanned = false;
  const turn = (): void => {
    isPlanned = false;
    let count = 0;
    for (const item of waiting) {
      waiting.delete(item);
      handle(item);
      count += 1;
      if (count === SLICE) break;
    }
    plan();
  };
  const plan = (): void => {
    if (isPlanned || waiting.size === 0) return;
    isPlanned = true;
    setImmediate(turn);
  };
  return (items) => {
    for (const item of items) waiting.add(item);
    plan();
  };
}
