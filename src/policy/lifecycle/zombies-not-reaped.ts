import { type Decision, emit } from './actions.ts';
import { after, type Circumstances, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { isUp, type Program } from './state.ts';
import { heal } from './stopping.ts';
import { suppressionNow, emitSuppressed } from './suppressing.ts';

/** Reports that a program did not reap its dead children, and restarts it if its definition says so. */
export function zombiesNotReaped(
  program: Program,
  fact: FactOf<'zombiesNotReaped'>,
  circumstances: Circumstances,
): Decision {
  const { state, spec } = program;
  if (!isUp(state)) return ignore(program);
  const { pids, story } = fact;
  // The event of the scan causes the alert, for all zombies together.
  const figures = { count: pids.length, pids, quiet: true };
  if (spec.zombies === 'report') return { program, actions: [emit('zombies-found', story, state.run.pid, figures)] };
  const suppression = suppressionNow(program, circumstances);
  const action = suppression === null ? 'restart' : 'observe';
  const report = emit('zombies-found', story, state.run.pid, { ...figures, action });
  const fault = `does not reap its dead children: ${story}`;
  if (suppression !== null)
    return {
      program,
      actions: [report, ...emitSuppressed(spec, { suppression, fault, pid: state.run.pid, quiet: true })],
    };
  return after([report], heal(program, state, { fault, goal: { kind: 'heal', fault, cause: 'anomaly' } }));
}
