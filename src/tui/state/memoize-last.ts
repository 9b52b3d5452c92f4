/** Caches the last result of a pure function; arguments are compared by identity. */
export function memoizeLast<Arguments extends readonly unknown[], Result>(
  compute: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  let last: { readonly args: Arguments; readonly result: Result } | undefined;
  return (...args) => {
    const held = last?.args;
    const isSame = held?.length === args.length && args.every((value, index) => value === held[index]);
    if (last !== undefined && isSame) return last.result;
    last = { args, result: compute(...args) };
    return last.result;
  };
}
