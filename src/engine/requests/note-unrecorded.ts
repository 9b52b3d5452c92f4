import type { Handlers } from '../access/served-engine.ts';

/** The result of an operation that the next engine has to know about. */
interface Warned {
  readonly warnings?: readonly string[];
}

/**
 * Adds a warning to the result of each operation that could not be recorded, so that the next engine would not know about it.
 * The engine records before it answers, so `problem` reflects the operation. Definitions are stored first, and refused if
 * that fails.
 * @param problem returns why records cannot be written at the moment; null while they can
 */
export function noteUnrecorded(handlers: Handlers, problem: () => string | null): Handlers {
  const noting =
    <Params, Result extends Warned>(perform: (params: Params) => Promise<Result> | Result) =>
    async (params: Params): Promise<Result> => {
      const result = await perform(params);
      const why = problem();
      return why === null ? result : { ...result, warnings: [...(result.warnings ?? []), unrecorded(why)] };
    };
  return {
    ...handlers,
    start: noting(handlers.start),
    stop: noting(handlers.stop),
    restart: noting(handlers.restart),
    reload: noting(handlers.reload),
    kill: noting(handlers.kill),
    signal: noting(handlers.signal),
    pause: noting(handlers.pause),
    resume: noting(handlers.resume),
    enable: noting(handlers.enable),
    disable: noting(handlers.disable),
    hold: noting(handlers.hold),
    release: noting(handlers.release),
    holdAll: noting(handlers.holdAll),
    releaseAll: noting(handlers.releaseAll),
    cooldownReset: noting(handlers.cooldownReset),
  };
}

function unrecorded(why: string): string {
  return `this could not be recorded: ${why}; the engine tries again every second, and if it is killed before that succeeds, the next one does not know about it`;
}
