/**
 * Calls an asynchronous handler with one message at a time, in their order: several messages may arrive at once. A handler that
 * returns no promise is called immediately, unless an earlier message is still being handled.
 */
export function inTurn<Message>(onMessage: (message: Message) => unknown): (message: Message) => unknown {
  let last: Promise<unknown> | null = null;
  return (message) => {
    const handle = (): unknown => onMessage(message);
    const taken = last === null ? handle() : last.then(handle, handle);
    if (!(taken instanceof Promise)) return taken;
    const current: Promise<unknown> = taken;
    last = current;
    const forget = (): void => {
      if (last === current) last = null;
    };
    current.then(forget, forget);
    return current;
  };
}
