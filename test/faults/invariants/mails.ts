import type { FaultBed } from '../bed.ts';
import { readEvents } from './events.ts';

/** How long it takes until a message that was sent is received, on a busy machine. */
const SENDING_MS = 2_000;
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

/** Each alert of a digest counts. What was sent just before a process died may be sent once more. */
function repeated({ disturbances }: FaultBed, kind: string, sent: readonly Sent[]): readonly string[] {
  const lastAt = new Map<string, number>();
  const problems: string[] = [];
  for (const { id, what, at } of sent) {
    const last = lastAt.get(id);
    const isExplained =
      last === undefined ||
      disturbances.some(({ time, reachMs }) => time > last - SENDING_MS && time < at && time - last < reachMs);
    if (!isExplained) problems.push(`${kind} ${id} was sent again: ${what}`);
    lastAt.set(id, at);
  }
  return problems.slice(0, 5);
}

/** The first crash of each program is not subject to the rate limit, so a mail names the program. */
function lostAlerts(bed: FaultBed): readonly string[] {
  if (bed.mode.hasFakeClock || bed.disturbances.some(({ time }) => Date.now() - time < SENT_AFTER_MS)) return [];
  const text = bed.mail.mails.map(({ raw }) => raw).join('\n');
  const crashed = readEvents(bed.home.paths.healingLog).filter(
    ({ kind, time }) => kind === 'crashed' && Date.now() - Date.parse(time) > SENT_AFTER_MS,
  );
  const ids = new Set(crashed.map(({ process }) => process ?? ''));
  return [...ids].filter((id) => !text.includes(id)).map((id) => `no alert was sent about the crash of "${id}"`);
}
