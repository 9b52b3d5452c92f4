/** Does work when all that was given before is done, whatever became of it. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs what it is given one after the other, in order; what fails holds nothing up. */
export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
