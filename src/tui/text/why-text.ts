import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { isUnhealthy, NEWS_MS } from '../state/filter.ts';
import type { Glyphs } from '../style/glyphs.ts';

/**
 * Returns the reason for the state of a program, which begins with its last exit; empty if the program just runs, so that
 * the reasons that matter stand out.
 */
export function whyText(row: SnapshotRow, nowMs: number, { times, arrow }: Glyphs): string {
  const { state, why } = row;
  if (isUnhealthy(row, nowMs) || state === 'backoff') {
    const exit = exitText(row);
    if (exit === '') return why;
    const count = row.recentRestarts?.at.length ?? 0;
    const next = nextStep(row);
    return `${exit}${count > 1 ? ` ${times}${String(count)}` : ''}${next === '' ? '' : ` ${arrow} ${next}`}: ${why}`;
  }
  return hasReason(row, nowMs) ? why : '';
}

/** Returns whether the state of a program needs a reason. */
export function hasReason(row: SnapshotRow, nowMs: number): boolean {
  const { state, lastExit, healing } = row;
  if ((state !== 'running' && state !== 'starting') || healing === 'held' || isUnhealthy(row, nowMs)) return true;
  return lastExit !== null && nowMs - Date.parse(lastExit.at) < NEWS_MS;
}

/** Returns what happens next or, while healing is restricted, what would have happened; empty where the status says it. */
function nextStep({ state, healing }: SnapshotRow): string {
  if (healing !== 'on' && state === 'backoff') return 'would restart';
  return NEXT_STEP[state] ?? '';
}

const NEXT_STEP: Partial<Readonly<Record<SnapshotRow['state'], string>>> = {
  backoff: 'retry',
  cooldown: 'cooldown',
  failed: 'gave up',
};

function exitText({ lastExit, state }: SnapshotRow): string {
  if (lastExit === null || state === 'running') return '';
  return lastExit.signal ?? (lastExit.code === null ? '' : `exit ${String(lastExit.code)}`);
}
