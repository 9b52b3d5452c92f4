import type { FaultBed } from '../bed.ts';
import { readEvents } from './events.ts';

/** A message that was accepted but not confirmed when its sender was killed is sent again, under the same id. */
const IN_FLIGHT_MS = 8_000;
/** A digest may wait for a minute, and a failed delivery is retried. */
const SENT_AFTER_MS = 100_000;

/** Each alert is sent once: repeated only after the death of a process that was sending it, and never lost. */
export function mailProblems(bed: FaultBed): readonly string[] {
  const firstAt = new Map<string, number>();
  const problems: string[] = [];
  for (const { messageId = '', subject, at } of bed.mail.mails) {
    const first = firstAt.get(messageId);
    const isExplained = bed.disturbances.some((time) => first !== undefined && Math.abs(time - first) < IN_FLIGHT_MS);
    if (first !== undefined && !isExplained) problems.push(`the alert "${subject ?? ''}" was sent again`);
    if (first === undefined) firstAt.set(messageId, at);
  }
  return [...problems, ...lostAlerts(bed)];
}

/** The first crash of each program is not subject to the rate limit, so a mail names the program. */
function lostAlerts(bed: FaultBed): readonly string[] {
  if (bed.mode.hasFakeClock || bed.disturbances.some((time) => Date.now() - time < SENT_AFTER_MS)) return [];
  const text = bed.mail.mails.map(({ raw }) => raw).join('\n');
  const crashed = readEvents(bed.home.paths.healingLog).filter(
    ({ kind, time }) => kind === 'crashed' && Date.now() - Date.parse(time) > SENT_AFTER_MS,
  );
  const ids = new Set(crashed.map(({ process }) => process ?? ''));
  return [...ids].filter((id) => !text.includes(id)).map((id) => `no alert was sent about the crash of "${id}"`);
}
