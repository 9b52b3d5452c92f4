import { type Action, type Decision, emit } from './actions.ts';
import { after, type Circumstances, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import type { Program } from './state.ts';
import { heal } from './stopping.ts';
import { suppressionNow, emitSuppressed } from './suppressing.ts';

/** Reports what a detector found and applies the action of the program's definition: log, restart, or kill. */
export function anomalyFound(program: Program, fact: FactOf<'anomalyFound'>, circumstances: Circumstances): Decision {
  const { state } = program;
  // The operator is responsible for a paused program, and one that is being stopped will be gone soon.
  if (state.name !== 'starting' && state.name !== 'running') return ignore(program);
  const { anomaly, evidence, action } = fact;
  const fault = evidence.sentence;
  const suppression = action === 'log' ? null : suppressionNow(program, circumstances);
  const done = suppression === null ? action : 'observe';
  const report: Action = emit(anomaly, evidence.sentence, state.run.pid, { ...evidence.figures, action: done });
  if (done === 'log') return { program, actions: [report] };
  if (suppression !== null) {
    const response = action === 'kill' ? 'kill' : 'restart';
    const would = emitSuppressed(program.spec, { suppression, fault, pid: state.run.pid, response });
    return { program, actions: [report, ...would] };
  }
  const goal = { kind: 'heal', fault, cause: 'anomaly' } as const;
  return after([report], heal(program, state, { fault, goal, graceful: action === 'restart' }));
}
