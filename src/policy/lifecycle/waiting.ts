import { lackingFleet } from '../fleet-loss.ts';
import { describeMissing } from './dependencies.ts';
import { type Decision, emit } from './actions.ts';
import { type Circumstances, enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { displayAppeared } from './missing-display.ts';
import { launch, waitForResource } from './launching.ts';
import type { Program } from './state.ts';
import { suppressionOnStart, suppressStart } from './suppressing.ts';

/** Starts a waiting program once nothing is missing; reports what it still waits for otherwise. */
export function dependencyChanged(program: Program, circumstances: Circumstances): Decision {
  const { state } = program;
  if (state.name !== 'waiting' || state.for !== undefined) return ignore(program);
  const { missing, fleetLoss = null, shortage = null } = circumstances;
  const { cause, reason } = state;
  if (fleetLoss !== null)
    return waitForResource(program, { cause, reason, lacking: lackingFleet(fleetLoss) }, circumstances);
  if (missing.length === 0) {
    const suppression = suppressionOnStart(program, cause, circumstances);
    if (suppression !== null) return suppressStart(program, suppression);
    if (shortage !== null) return waitForResource(program, { cause, reason, lacking: shortage }, circumstances);
    const awaited = state.lacking === undefined ? program.spec.dependsOn.map(({ id }) => id) : [state.lacking.resource];
    const why = awaited.length === 0 ? reason : `${reason}, after waiting for ${awaited.join(', ')}`;
    return launch(program, cause, why, circumstances);
  }
  const why = describeMissing(missing);
  return why === program.why
    ? ignore(program)
    : enter(program, { name: 'waiting', cause, reason }, why, emit('waiting', why));
}

/** Handles a change of something that a waiting program may wait for. */
export function preconditionChanged(
  program: Program,
  { kind }: FactOf<'dependencyChanged' | 'displayAppeared'>,
  circumstances: Circumstances,
): Decision {
  return kind === 'displayAppeared'
    ? displayAppeared(program, circumstances)
    : dependencyChanged(program, circumstances);
}
