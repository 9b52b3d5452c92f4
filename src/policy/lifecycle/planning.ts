import { type Decision, emit } from './actions.ts';
import { after, type Circumstances, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import type { Program } from './state.ts';
import { beginStop } from './stopping.ts';

/** Performs a scheduled restart. It is not a fault, so it does not count as one; a program that is not running is skipped. */
export function restartDue(program: Program, fact: FactOf<'restartDue'>, { suppression }: Circumstances): Decision {
  const { state, spec } = program;
  if (state.name !== 'running' || suppression === 'shutting-down') return ignore(program);
  const why = `scheduled restart ("${fact.schedule}")`;
  if (suppression === 'held') {
    const story = `would have restarted on schedule "${fact.schedule}"; healing is paused`;
    return { program, actions: [emit('would-restart', story, state.run.pid, { because: suppression })] };
  }
  const stopping = beginStop(program, state, {
    goal: { kind: 'restart', cause: 'schedule' },
    why,
    graceful: true,
    graceMs: spec.stop.gracefulTimeoutMs,
  });
  return after([emit('scheduled-restart', why, state.run.pid, { schedule: fact.schedule })], stopping);
}
