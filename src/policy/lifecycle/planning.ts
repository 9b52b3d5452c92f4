import { type Decision, tell } from './actions.ts';
import { after, type Circumstances, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import type { Program } from './state.ts';
import { beginStop } from './stopping.ts';

/** The time of a planned restart has come. It is no fault, so it counts nowhere; a program that rests is left at rest. */
export function restartDue(program: Program, fact: FactOf<'restartDue'>, { restraint }: Circumstances): Decision {
  const { state, spec } = program;
  if (state.name !== 'running' || restraint === 'going-down') return ignore(program);
  const why = `restarted as planned by "${fact.schedule}"`;
  if (restraint === 'held') {
    const story = `would have been ${why}; healing is held`;
    return { program, actions: [tell('would-restart', story, state.run.pid, { because: restraint })] };
  }
  const stopping = beginStop(program, state, {
    goal: { kind: 'restart', cause: 'schedule' },
    why,
    graceful: true,
    graceMs: spec.stop.gracefulTimeoutMs,
  });
  return after([tell('scheduled-restart', why, state.run.pid, { schedule: fact.schedule })], stopping);
}
