import type { FaultBed } from '../bed.ts';
import { readEvents } from './events.ts';

/** A message that was accepted but not confirmed when its sender was killed is sent again, under the same id. */
const IN_FLIGHT_MS = 8_000;
/** A digest may wait for a minute, and a failed delivery is retried. */
const SENT_AFTER_MS = 100_000;

/** Each alert is sent once: repeated only after the death of a process that was sending it, and never lost. */
export function mailProblems(bed: FaultBed): readonly string[] {
  const mails = bed.mail.mails.map(({ messageId = '', subject = '', at }) => ({ id: messageId, what: subject, at }));
  const alerts = bed.webhook.sent.map(({ id, reason, message, at }) => ({ id, what: `${reason} (${message})`, at }));
  return [...repeated(bed, 'mail', mails), ...repeated(bed, 'alert', alerts), ...lostAlerts(bed)];
}

interface Sent {
  readonly id: string;
  readonly what: string;
  readonly at: number;
}

/** Each alert of a digest counts. */
function repeated({ disturbances }: FaultBed, kind: string, sent: readonly Sent[]): readonly string[] {
  const firstAt = new Map<string, number>();
  const problems: string[] = [];
  for (const { id, what, at } of sent) {
    const first = firstAt.get(id);
    if (first === undefined) firstAt.set(id, at);
    else if (!disturbances.some((time) => Math.abs(time - first) < IN_FLIGHT_MS))
      problems.push(`${kind} ${id} was sent again: ${what}`);
  }
  return problems.slice(0, 5);
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
