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

/** Runs a task once all earlier tasks with the same key have settled; settles like the task. */
export type KeyedQueue = <T>(key: string, task: () => Promise<T>) => Promise<T>;

/** Creates queues that run tasks with the same key one at a time. A queue is forgotten once it is empty. */
export function createKeyedQueue(): KeyedQueue {
  const last = new Map<string, Promise<unknown>>();
  return <T>(key: string, task: () => Promise<T>): Promise<T> => {
    const turn = (last.get(key) ?? Promise.resolve()).then(task);
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (last.get(key) === settled) last.delete(key);
      });
    last.set(key, settled);
    return turn;
  };
}
