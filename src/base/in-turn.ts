/** Runs a task once all earlier tasks have settled. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Creates a queue that runs tasks one at a time, in order; a failed task does not stop the queue. */
export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
