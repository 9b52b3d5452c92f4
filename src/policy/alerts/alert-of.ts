import { formatDuration } from '../../base/duration.ts';
import type { Alert, AlertKind } from '../../protocol/alert.ts';
import type { EngineEvent, EventKind } from '../../protocol/engine-event.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { type AlertedKind, whatComesNext } from './what-comes-next.ts';

/** What the alert needs to know of the program besides the event. */
export interface AlertSubject {
  readonly name: string;
  readonly notify: ProcessSpec['notify'];
}

interface Row {
  readonly kind: AlertKind;
  /** What is added to the name in the subject, as in "app (memory leak)". */
  readonly what?: string;
}

/** Which events are alerts. What is not here was asked for by somebody, or is told by another event. */
const ROWS: Readonly<Record<AlertedKind, Row>> = {
  crashed: { kind: 'crash' },
  'spawn-failed': { kind: 'restart-failed' },
  failed: { kind: 'restart-failed' },
  'limit-cpu': { kind: 'violation' },
  'limit-memory': { kind: 'violation' },
  'would-restart': { kind: 'violation' },
  'memory-leak': { kind: 'anomaly', what: 'memory leak' },
  'cpu-spike': { kind: 'anomaly', what: 'CPU spike' },
  'fork-bomb': { kind: 'anomaly', what: 'fork bomb' },
  'zombies-found': { kind: 'zombies' },
  'cooldown-started': { kind: 'cooldown' },
  unhealthy: { kind: 'health' },
  'startup-check-failed': { kind: 'health' },
  'engine-started': { kind: 'engine-recovered' },
};

/** The alert that an event calls for, if any. Pure: the same event gives the same alert, with the same id. */
export function alertOf(event: EngineEvent, subject: AlertSubject | null): Alert | null {
  const { kind } = event;
  if (!isAlerted(kind) || !isNews(event) || !isWanted(kind, subject)) return null;
  const row = ROWS[kind];
  return {
    id: `${String(event.seq)}-${Date.parse(event.time).toString(36)}`,
    kind: row.kind,
    subject: subjectOf(event, row, subject),
    process: event.process,
    pid: event.pid,
    time: event.time,
    reason: event.reason,
    facts: factsOf(event),
    done: [],
    next: whatComesNext(kind, event.data),
    heldBack: 0,
  };
}

function isAlerted(kind: EventKind): kind is AlertedKind {
  return kind in ROWS;
}

/** An engine that was told to go down comes back as planned; one that was killed is news. */
function isNews({ kind, data }: EngineEvent): boolean {
  return kind !== 'engine-started' || data['interrupted'] === true;
}

function isWanted(kind: EventKind, subject: AlertSubject | null): boolean {
  const notify = subject?.notify ?? 'all';
  return notify === 'all' || (notify !== 'none' && notify.includes(kind));
}

function subjectOf({ process, data }: EngineEvent, { kind, what }: Row, subject: AlertSubject | null): string {
  const name = subject?.name ?? process ?? 'healer';
  if (kind === 'zombies') return String(countOf(data));
  return what === undefined ? name : `${name} (${what})`;
}

function countOf(data: EngineEvent['data']): number {
  const { count, pids, zombies } = data;
  if (typeof count === 'number') return count;
  const list = Array.isArray(zombies) ? zombies : pids;
  return Array.isArray(list) ? list.length : 1;
}

/** Which of an event's data are evidence, under which name, in which form. */
const FACTS: readonly (readonly [field: string, label: string, show: (value: unknown) => string | null])[] = [
  ['signal', 'Signal', text],
  ['code', 'Exit code', text],
  ['coreDumped', 'Core dumped', (value) => (value === true ? 'yes' : null)],
  ['uptimeMs', 'Uptime', duration],
  ['measured', 'Measured', text],
  ['limit', 'Limit', text],
  ['evidence', 'Evidence', text],
  ['score', 'Score', text],
  ['descendants', 'Descendants', text],
  ['failures', 'Failures in a row', text],
  ['count', 'Count', text],
  ['until', 'Rests until', text],
  ['delayMs', 'Next try in', duration],
  ['problem', 'Problem', text],
];

function factsOf({ data }: EngineEvent): Alert['facts'] {
  return FACTS.flatMap(([field, label, show]) => {
    const value = show(data[field]);
    return value === null ? [] : [[label, value] as const];
  });
}

function text(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}

function duration(value: unknown): string | null {
  return typeof value === 'number' ? formatDuration(value) : null;
}

/** Events that tell what became of a fault: told in its alert, as what healer did. */
const FOLLOW_UPS: ReadonlySet<EventKind> = new Set([
  ...(['stopping', 'killed', 'restarted', 'restart-scheduled', 'leftovers-ended', 'exited'] as const),
  ...(['cooldown-started', 'failed', 'would-restart', 'zombies-cleaned'] as const),
]);

/** A restart's own reason is that of the fault; what it adds is the new process. */
export function followUpOf({ kind, pid, reason }: EngineEvent): string {
  return kind === 'restarted' ? `started it again${pid === null ? '' : ` as pid ${String(pid)}`}` : reason;
}

/** Whether an event tells what was done about a failure that was alerted already. */
export function isFollowUp({ kind }: EngineEvent): boolean {
  return FOLLOW_UPS.has(kind);
}
