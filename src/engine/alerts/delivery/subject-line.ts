import { cutText } from '../../../base/cut-text.ts';
import { sanitizeText } from '../../../base/sanitize-text.ts';
import { ALERT_KINDS, type AlertMessage } from '../../../protocol/alert.ts';

const PREFIX = '[Self-Healing Monitor]';
const MAX_CHARS = 200;

/** Returns the subject of a message: one line of at most 200 characters without control characters, since it becomes a header. */
export function subjectLine(message: AlertMessage): string {
  const text = message.form === 'alert' ? ofAlert(message) : `${PREFIX} ${digestTitle(message)}`;
  const clean = sanitizeText(text);
  return cutText(clean, MAX_CHARS);
}

function ofAlert({ alert }: Extract<AlertMessage, { form: 'alert' }>): string {
  return `${PREFIX} ${ALERT_KINDS[alert.kind]}: ${alert.subject}`;
}

function digestTitle({ alerts }: Extract<AlertMessage, { form: 'digest' }>): string {
  const programs = new Set(alerts.map(({ process }) => process)).size;
  return `Digest: ${String(alerts.length)} alerts about ${String(programs)} programs`;
}
