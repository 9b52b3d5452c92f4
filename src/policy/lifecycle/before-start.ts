import { type Decision, emit } from './actions.ts';
import { type Circumstances, enter, ignore } from './decide.ts';
import { endRun } from './ending.ts';
import type { FactOf } from './facts.ts';
import { countAttempt, spawnNow } from './launching.ts';
import type { Program } from './state.ts';

/** Starts a program once its command before the start has succeeded; its failure is that of the start. */
export function beforeEnded(
  program: Program,
  { ok, outcome }: FactOf<'beforeEnded'>,
  circumstances: Circumstances,
): Decision {
  const { state } = program;
  if (state.name !== 'waiting' || state.for !== 'before') return ignore(program);
  if (circumstances.suppression === 'shutting-down') {
    const why = 'the engine is shutting down';
    return enter(program, { name: 'stopped' }, why, emit('stopped', why));
  }
  if (ok) return spawnNow(program, state.cause, state.reason);
  const problem = `the command before the start ${outcome}`;
  return endRun(
    countAttempt(program, state.cause, circumstances.now),
    { kind: 'spawn-failed', problem },
    circumstances,
  );
}
