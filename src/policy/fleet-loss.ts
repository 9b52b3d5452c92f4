import type { ProcessSpec } from '../protocol/process-spec.ts';
import { seconds } from './exit-facts.ts';
import type { Shortage } from './shortage.ts';

/** Without its connection to the fleet, a host cannot know whether another one runs the same program. */
export interface FleetLoss {
  /** How long the connection had to be lost. */
  readonly afterMs: number;
}

/**
 * Returns why a program may not run now: its host has had no connection to its fleet for as long as the definition says.
 * @param lostForMs how long there has been no connection; null if there is one, or if the host belongs to no fleet
 */
export function fleetLossOf(
  { onFleetLost }: Pick<ProcessSpec, 'onFleetLost'>,
  lostForMs: number | null,
): FleetLoss | null {
  if (onFleetLost?.stop !== true || lostForMs === null || lostForMs < onFleetLost.after) return null;
  return { afterMs: onFleetLost.after };
}

/** Returns why the program is stopped. */
export function describeFleetLoss({ afterMs }: FleetLoss): string {
  return `stopped: this host has had no connection to its fleet for ${lengthOf(afterMs)}, so another host may be running it`;
}

/** Returns what the program waits for: its start is tried again as with a resource that is lacking. */
export function lackingFleet({ afterMs }: FleetLoss): Shortage {
  const resource = 'the connection to the fleet';
  const why = `waiting for ${resource}: this host has had none for ${lengthOf(afterMs)}, so another host may be running it`;
  return { resource, why, isOfProgram: true };
}

const MINUTE_MS = 60_000;

function lengthOf(ms: number): string {
  return ms % MINUTE_MS === 0 ? `${String(ms / MINUTE_MS)} min` : seconds(ms);
}
