import { describeFleetLoss } from '../fleet-loss.ts';
import type { Decision } from './actions.ts';
import { type Circumstances, ignore } from './decide.ts';
import { isUp, type Program } from './state.ts';
import { beginStop } from './stopping.ts';

/**
 * Stops a program that may not run while its host has no connection to the fleet. Nothing is wrong with the program, so this
 * also happens while healing is paused. One that an operator has paused does nothing until it is resumed.
 */
export function fleetLost(program: Program, { fleetLoss = null, suppression }: Circumstances): Decision {
  const { state } = program;
  if (fleetLoss === null || !isUp(state) || suppression === 'shutting-down') return ignore(program);
  const goal = { kind: 'await-fleet', ...fleetLoss } as const;
  return beginStop(program, state, { goal, why: describeFleetLoss(fleetLoss), graceful: true, graceMs: null });
}
