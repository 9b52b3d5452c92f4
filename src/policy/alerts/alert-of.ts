import { formatDuration } from '../../base/duration.ts';
import type { Alert } from '../../protocol/alert.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { type EventKind, type EventMeaning, meaningOf } from '../../protocol/event-kinds.ts';
import { MEASURE_NAMES, type MemoryMeasure } from '../../protocol/memory-measure.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ZombieResult } from '../../protocol/results/zombie-view.ts';
import { nextSentence } from './next-steps.ts';

/** The program that an event is about, as far as an alert needs it. */
export interface AlertSubject {
  readonly name: string;
  readonly notify: ProcessSpec['notify'];
}

type AlertRule = NonNullable<EventMeaning['alert']>;

/**
 * Returns the alert that an event causes, or null. The same event always yields the same alert with the same id, so
 * that events that are considered twice are not sent twice.
 */
export function alertOf(event: EngineEvent, subject: AlertSubject | null): Alert | null {
  const { alert: rule } = meaningOf(event.kind);
  if (rule === undefined || !isNews(event, rule) || !isWanted(event.kind, subject)) return null;
  return {
    id: `${String(event.seq)}-${Date.parse(event.time).toString(36)}`,
    kind: rule.kind,
    subject: subjectOf(event, rule, subject),
    process: event.process,
    pid: event.pid,
    time: event.time,
    reason: event.reason,
    facts: factsOf(event),
    done: [],
    next: nextSentence(rule.next, event.data),
    heldBack: 0,
  };
}

function isNews({ data }: EngineEvent, { onlyIf, unless }: AlertRule): boolean {
  if (unless !== undefined && data[unless] === true) return false;
  return onlyIf === undefined || data[onlyIf] === true;
}

function isWanted(kind: EventKind, subject: AlertSubject | null): boolean {
  const notify = subject?.notify ?? 'all';
  return notify === 'all' || (notify !== 'none' && notify.includes(kind));
}

function subjectOf({ process, data }: EngineEvent, { kind, what }: AlertRule, subject: AlertSubject | null): string {
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

/** Fields of an event's data that an alert shows as evidence, with their label and format. */
const FACTS: readonly (readonly [field: string, label: string, show: (value: unknown) => string | null])[] = [
  ['signal', 'Signal', text],
  ['code', 'Exit code', text],
  ['coreDumped', 'Core dumped', (value) => (value === true ? 'yes' : null)],
  ['coreDump', 'Core dump', text],
  ['uptimeMs', 'Uptime', duration],
  ['measured', 'Measured', text],
  ['limit', 'Limit', text],
  ['measure', 'Memory measured as', measureName],
  ['evidence', 'Evidence', text],
  ['score', 'Score', text],
  ['descendants', 'Descendants', text],
  ['failures', 'Consecutive failures', text],
  ['count', 'Count', text],
  ['until', 'In cooldown until', text],
  ['delayMs', 'Next attempt in', duration],
  ['problem', 'Problem', text],
];

function factsOf({ data }: EngineEvent): Alert['facts'] {
  const facts = FACTS.flatMap(([field, label, show]) => {
    const value = show(data[field]);
    return value === null ? [] : [[label, value] as const];
  });
  return [...facts, ...zombieFacts(data)];
}

/** Returns a fact for each zombie that a scan found: its parent, and what became of it. */
function zombieFacts({ zombies, count }: EngineEvent['data']): Alert['facts'] {
  if (!Array.isArray(zombies)) return [];
  const listed = zombies.flatMap((each: Partial<ZombieResult> | null) => {
    const { pid, name, parentPid, parentName, program, result } = each ?? {};
    // Events of earlier versions have no results.
    if (pid === undefined || result === undefined) return [];
    const owner = program === null || program === undefined ? '' : `, program "${program}"`;
    const value = `${name ?? ''}, parent ${parentName ?? ''} (pid ${String(parentPid)}${owner}): ${result}`;
    return [[`Zombie ${String(pid)}`, value] as const];
  });
  const more = typeof count === 'number' && listed.length > 0 ? count - listed.length : 0;
  return more > 0 ? [...listed, ['More zombies', String(more)] as const] : listed;
}

function text(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}

function measureName(value: unknown): string | null {
  return typeof value === 'string' && value in MEASURE_NAMES ? MEASURE_NAMES[value as MemoryMeasure] : null;
}

function duration(value: unknown): string | null {
  return typeof value === 'number' ? formatDuration(value) : null;
}

/**
 * Returns how an alert reports a response. The reason of a restart repeats the fault; only the new process is new
 * information. A reason that begins with the fault is reported without it.
 */
export function followUpOf({ kind, pid, reason }: EngineEvent, alert: Pick<Alert, 'reason'>): string {
  if (kind === 'restarted') return `restarted${pid === null ? '' : ` as pid ${String(pid)}`}`;
  const fault = `${alert.reason}; `;
  return reason.startsWith(fault) ? reason.slice(fault.length) : reason;
}

/** Returns whether an event is a response to a fault: the alert about the fault reports it as what healer did. */
export function isFollowUp({ kind }: EngineEvent): boolean {
  return meaningOf(kind).is === 'response';
}
