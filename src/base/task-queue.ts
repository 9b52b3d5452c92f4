/** Runs a task once all earlier tasks have settled; settles like the task. */
export type TaskQueue = <T>(task: () => Promise<T>) => Promise<T>;

/** Creates a queue that runs tasks one at a time, in order. A failed task does not stop the queue. */
export function createTaskQueue(): TaskQueue {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
}
