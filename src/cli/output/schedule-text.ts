import { sanitizeText } from '../../base/sanitize-text.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import { formatTime } from './labeled-values.ts';

/** Returns a schedule with its next run, or why there is none as things are. */
export function formatSchedule({ spec, nextRestart, scheduleObstacle, timeZone }: ProcessDetails): string | null {
  if (spec.schedule === null) return null;
  const zone = timeZone === undefined ? '' : ` (${timeZone})`;
  const obstacle = scheduleObstacle ?? null;
  const next = nextRestart === null ? 'never' : formatTime(nextRestart);
  const when = obstacle === null ? `next ${next}` : `no run now: ${obstacle}`;
  return `"${sanitizeText(spec.schedule)}"${zone}, ${when}`;
}
