import { type ExitFacts, isSuccess } from '../exit-facts.ts';
import { type Action, emit } from './actions.ts';
import type { Program } from './state.ts';

/** Returns the event for an exit that was not requested. */
export function exitEvent(program: Program, exit: ExitFacts, why: string, pid: number | null): Action {
  const kind = isSuccess(exit, program.spec.restart.successExitCodes) ? 'exited' : 'crashed';
  return emit(kind, why, pid, exitData(exit));
}

/** Returns the event for an exit that a missing display caused. */
export function displayEvent(exit: ExitFacts, why: string, pid: number, display: string): Action {
  return emit('exited', why, pid, { ...exitData(exit), display });
}

/** Returns what an event records about an exit. */
export function exitData(exit: ExitFacts): Readonly<Record<string, unknown>> {
  const { code, signal, coreDumped, uptimeMs, outOfMemory, coreDump, requested } = exit;
  return {
    ...{ code, signal, coreDumped, uptimeMs },
    ...(outOfMemory === true ? { outOfMemory } : {}),
    ...(coreDump === undefined ? {} : { coreDump }),
    ...(requested === undefined ? {} : { requested }),
  };
}
