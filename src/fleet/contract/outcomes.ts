import type { ErrorCode } from '../../protocol/errors.ts';
import type { Presence } from './presence.ts';

/** A host in a plan or an outcome. */
export interface NamedHost {
  readonly site: string;
  readonly host: string;
}

/** A host that is not there and therefore not asked. */
export interface AbsentHost extends NamedHost {
  readonly presence: Presence;
  /** How long ago its last row arrived, in ms; null if none is known. */
  readonly ageMs: number | null;
}

/** A host that the caller may not change, or that refuses changes. */
export interface RefusedHost extends NamedHost {
  readonly reason: string;
}

/** What an operation on a selection of hosts will do. Every selected host is in exactly one of the lists. */
export interface FleetPlan {
  /** As in `restart`. */
  readonly operation: string;
  /** The programs on each host, as on the command line. */
  readonly programs: readonly string[];
  /** The hosts that are asked. */
  readonly matched: readonly NamedHost[];
  readonly absent: readonly AbsentHost[];
  readonly refused: readonly RefusedHost[];
}

/**
 * How an operation ended on one host:
 * - `ok`: it was performed on every program
 * - `failed`: it was performed and failed, for one program at least
 * - `refused`: the host or the bus did not permit it; nothing was done
 * - `absent`: the host was not there; nothing was done
 * - `unknown`: it was sent, and no answer arrived in time; it may have been done
 */
export const OUTCOMES = ['ok', 'refused', 'absent', 'failed', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The outcome of one host. */
export interface HostOutcome extends NamedHost {
  readonly outcome: Outcome;
  /** What happened, in one sentence, safe to print. */
  readonly message: string;
  /** The code of the error; null if there was none. */
  readonly code: ErrorCode | null;
  /** From the request to the answer; null without an answer. */
  readonly tookMs: number | null;
}

/** Returns the number of hosts by outcome. The sum is the number of hosts. */
export function countOutcomes(outcomes: readonly HostOutcome[]): Readonly<Record<Outcome, number>> {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const { outcome } of outcomes) counts[outcome] += 1;
  return counts;
}

/** Returns the worst of some outcomes, on which the exit status depends; `ok` for none. */
export function worstOutcome(outcomes: readonly HostOutcome[]): Outcome {
  return outcomes.reduce<Outcome>(
    (worst, { outcome }) => (OUTCOMES.indexOf(outcome) > OUTCOMES.indexOf(worst) ? outcome : worst),
    'ok',
  );
}
