import { needsRestart } from '../../config/sources/diff-specs.ts';
import type { RunOutcome } from '../../policy/lifecycle/adoption.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Inheritance } from './inheritance.ts';

/** Returns the outcome with a note if the definition was changed while no engine ran, such that the run has to be restarted. */
export function noteChange(
  outcome: RunOutcome,
  spec: ProcessSpec,
  { isRewritten, stored }: Pick<Inheritance, 'isRewritten' | 'stored'>,
): RunOutcome {
  const before = stored.programs.get(spec.id)?.spec;
  if (outcome.kind !== 'alive' || !isRewritten || before === undefined || !needsRestart(before, spec)) return outcome;
  return { ...outcome, run: { ...outcome.run, outdated: true } };
}
