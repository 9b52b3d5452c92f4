import { sanitizeText } from '../../../base/sanitize-text.ts';
import { ALERT_KINDS, type Alert, type AlertMessage, type DigestCause } from '../../../protocol/alert.ts';

/** The parts of a message that every rendering shows, as sanitized plain text without markup. */
export interface MessageParts {
  readonly title: string;
  readonly summary: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly done: readonly string[];
  readonly next: string | null;
  readonly notes: readonly string[];
  readonly entries: readonly string[];
  readonly lines: readonly string[];
  readonly commands: readonly string[];
}

/** Returns the parts that mail, webhooks and desktop notifications are composed of. */
export function partsOf(message: AlertMessage): MessageParts {
  return message.form === 'alert' ? partsOfAlert(message) : partsOfDigest(message);
}

function partsOfAlert({ alert, lines, from }: Extract<AlertMessage, { form: 'alert' }>): MessageParts {
  const facts: (readonly [string, string | null])[] = [
    ['Program', alert.process],
    ['PID', alert.pid === null ? null : String(alert.pid)],
    ...alert.facts,
    ['Host', hostOf(from)],
    ['Time', formatTime(alert.time)],
  ];
  return {
    title: sanitizeText(`${ALERT_KINDS[alert.kind]}: ${alert.subject}`),
    summary: sanitizeText(alert.reason),
    facts: facts.flatMap(([label, value]) => (value === null ? [] : [[label, sanitizeText(value)] as const])),
    done: alert.done.map(sanitizeText),
    next: alert.next,
    notes: alert.heldBack === 0 ? [] : [suppressedNote(alert.heldBack)],
    entries: [],
    lines: lines.map(sanitizeText),
    commands: commandsFor(alert.process, from.instance),
  };
}

const COMBINED: Readonly<Record<DigestCause | 'storm', string>> = {
  storm: 'More than ten programs failed within a minute, so their alerts are combined.',
  repeats: 'These programs keep failing, so their alerts are combined, less and less often.',
  'quiet-hours': 'These alerts waited for the end of the quiet hours.',
};

function partsOfDigest({ alerts, cause, from }: Extract<AlertMessage, { form: 'digest' }>): MessageParts {
  const programs = new Set(alerts.map(({ process }) => process)).size;
  const heldBack = alerts.reduce((sum, alert) => sum + alert.heldBack, 0);
  const [first] = alerts;
  return {
    title: `${String(alerts.length)} alerts about ${String(programs)} programs`,
    summary: COMBINED[cause ?? 'storm'],
    facts: [
      ['Host', hostOf(from)],
      ['Since', first === undefined ? '' : formatTime(first.time)],
    ],
    done: [],
    next: null,
    notes: heldBack === 0 ? [] : [suppressedNote(heldBack)],
    entries: alerts.map(describeEntry),
    lines: [],
    commands: commandsFor(null, from.instance),
  };
}

function describeEntry(alert: Alert): string {
  const time = formatTime(alert.time).slice(11, 19);
  const pid = alert.pid === null ? '' : ` (pid ${String(alert.pid)})`;
  const outcome = alert.done.findLast((sentence) => !sentence.startsWith('restarted')) ?? '';
  const repeated = alert.heldBack === 0 ? '' : ` (and ${String(alert.heldBack)} earlier)`;
  const text = `${time} ${ALERT_KINDS[alert.kind]}: ${alert.subject}${pid}: ${alert.reason}${outcome === '' ? '' : `; ${outcome}`}`;
  return sanitizeText(`${text}${repeated}`);
}

function suppressedNote(count: number): string {
  return `${String(count)} earlier ${count === 1 ? 'alert was' : 'alerts were'} suppressed by the rate limit.`;
}

function hostOf({ host, instance }: AlertMessage['from']): string {
  return sanitizeText(instance === 'default' ? host : `${host}, instance "${instance}"`);
}

function commandsFor(process: string | null, instance: string): string[] {
  const option = instance === 'default' ? '' : ` --instance ${instance}`;
  const commands = process === null ? ['ls', 'events'] : [`describe ${process}`, `logs ${process} -n 100`];
  return commands.map((command) => sanitizeText(`healer ${command}${option}`));
}

/** Uses UTC, so that mails from several machines can be sorted. */
function formatTime(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

/** Returns the plain text body of a mail, which webhooks in the formats of chat services use too. */
export function renderText(message: AlertMessage): string {
  return renderParts(partsOf(message));
}

/** Returns parts as plain text, without those that are empty. */
export function renderParts(parts: MessageParts): string {
  const width = Math.max(0, ...parts.facts.map(([label]) => label.length));
  return `${[
    `${parts.title}\n\n${parts.summary}`,
    parts.facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n'),
    section('What healer did', bullets(parts.done)),
    section('What happens next', parts.next ?? ''),
    parts.notes.join('\n'),
    section('Alerts', parts.entries.join('\n')),
    section('Last output', parts.lines.map((line) => `| ${line}`).join('\n')),
    section('To investigate', parts.commands.map((command) => `$ ${command}`).join('\n')),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function bullets(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${sentence}`).join('\n');
}

function section(title: string, body: string): string {
  return body === '' ? '' : `${title}\n${body}`;
}
