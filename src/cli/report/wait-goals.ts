import { hasProcess, phaseOf } from '../../protocol/process-phase.ts';
import { statePhrase } from '../../protocol/process-state.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';

/** What `healer wait` can wait for. */
export const WAIT_GOALS = ['ready', 'healthy', 'stopped', 'exited'] as const;

export type WaitGoal = (typeof WAIT_GOALS)[number];

/** Whether a goal was reached, cannot be reached any more, or has to be waited for. */
export type Progress =
  | { readonly kind: 'reached'; readonly how: string }
  | { readonly kind: 'out-of-reach'; readonly why: string }
  | { readonly kind: 'pending' };

const PENDING: Progress = { kind: 'pending' };

/** What a program has not done that did not reach the goal in time. */
export const NOT_REACHED: Readonly<Record<WaitGoal, string>> = {
  ready: 'is not ready',
  healthy: 'is not healthy',
  stopped: 'is not stopped',
  exited: 'has not exited',
};

/**
 * Returns how far a program is.
 * @param first the program when the wait began
 * @param row the program now, or undefined if it was removed
 */
export function progressTo(goal: WaitGoal, first: SnapshotRow, row: SnapshotRow | undefined): Progress {
  const isEnd = goal === 'stopped' || goal === 'exited';
  if (row === undefined)
    return isEnd ? reached('was removed') : { kind: 'out-of-reach', why: `will not be ${goal}: it was removed` };
  return isEnd ? progressToEnd(goal, first, row) : progressToWork(goal, row);
}

/** A program that nothing will start is never ready: waiting would only delay the error. */
function progressToWork(goal: WaitGoal, row: SnapshotRow): Progress {
  const { state, health, why } = row;
  const phase = phaseOf(state);
  if (phase === 'idle' || phase === 'disabled')
    return { kind: 'out-of-reach', why: `will not be ${goal}: it is ${statePhrase(state)}: ${why}` };
  if (state !== 'running') return PENDING;
  if (goal === 'ready') return reached('is ready');
  return health === 'healthy' ? reached('is healthy') : PENDING;
}

function progressToEnd(goal: WaitGoal, first: SnapshotRow, row: SnapshotRow): Progress {
  const phase = phaseOf(row.state);
  if (goal === 'stopped') {
    return phase === 'idle' || phase === 'disabled' ? reached(`is ${row.state}${exitOf(row)}`) : PENDING;
  }
  const isOver = !hasProcess(row.state) || row.pid !== first.pid || row.startedAt !== first.startedAt;
  return isOver ? reached(`has exited${exitOf(row)}`) : PENDING;
}

function exitOf({ lastExit }: SnapshotRow): string {
  if (lastExit === null) return '';
  if (lastExit.signal !== null) return `, ended by ${lastExit.signal}`;
  return lastExit.code === null ? '' : `, exit code ${String(lastExit.code)}`;
}

function reached(how: string): Progress {
  return { kind: 'reached', how };
}
