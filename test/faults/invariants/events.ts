import { parseEvent } from '../../../src/engine/store/event-log.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import type { ProcessRow } from '../../../src/protocol/snapshot.ts';
import type { FaultBed } from '../bed.ts';
import type { CensusEntry } from '../census.ts';
import { COOLDOWN, SUBJECTS } from '../catalog.ts';
import { readRotated } from './rotated-file.ts';

export function readEvents(path: string): readonly EngineEvent[] {
  return readRotated(path)
    .map(parseEvent)
    .filter((event) => event !== null);
}

/** Returns the highest number in `healing.log`, or 0. */
export function lastEventOf(path: string): number {
  return Math.max(0, ...readEvents(path).map(({ seq }) => seq));
}

/** Invariants of `healing.log` over the whole run. */
export class EventInvariants {
  readonly #bed: FaultBed;
  readonly #seen = new Map<number, string>();
  readonly #counts = new Map<string, { readonly restarts: number; readonly seq: number }>();

  constructor(bed: FaultBed) {
    this.#bed = bed;
  }

  read(): readonly EngineEvent[] {
    return readEvents(this.#bed.home.paths.healingLog);
  }

  /** @param census the processes before the events were read: each of them must have an event */
  problems(
    events: readonly EngineEvent[],
    census: readonly CensusEntry[],
    rows: ReadonlyMap<string, ProcessRow>,
  ): readonly string[] {
    return [
      ...this.#numberProblems(events),
      ...pidProblems(events, census),
      ...exitProblems(events, this.#bed.mayLackEventsUpTo),
      ...cooldownProblems(events, this.#bed),
      ...this.#restartProblems(events, rows),
    ];
  }

  /** What was noted by number says nothing about events that are numbered from 1 again. */
  #forget(): void {
    this.#seen.clear();
    this.#counts.clear();
  }

  /** Event numbers increase by one and never restart, and no event is changed later. */
  #numberProblems(events: readonly EngineEvent[]): readonly string[] {
    const problems: string[] = [];
    if (this.#bed.numbersMayRestart) this.#forget();
    this.#bed.numbersMayRestart = false;
    events.forEach((event, index) => {
      const previous = events[index - 1];
      const isMissingKnown = event.seq <= this.#bed.mayLackEventsUpTo || isReported(events, index);
      if (previous !== undefined && event.seq <= previous.seq)
        problems.push(`event ${event.seq} follows event ${previous.seq}`);
      if (previous !== undefined && event.seq > previous.seq + 1 && !isMissingKnown)
        problems.push(`event ${event.seq} follows event ${previous.seq}`);
      const text = JSON.stringify(event);
      const before = this.#seen.get(event.seq);
      if (before !== undefined && before !== text) problems.push(`event ${event.seq} was ${before} and is ${text}`);
      this.#seen.set(event.seq, text);
    });
    return problems.slice(0, 5);
  }

  /** The restarts that a program counts are those that were recorded as events. Rows that are changing are left for later. */
  #restartProblems(events: readonly EngineEvent[], rows: ReadonlyMap<string, ProcessRow>): readonly string[] {
    const lastSeq = events.at(-1)?.seq ?? 0;
    const problems: string[] = [];
    for (const [id, { restarts }] of rows) {
      const base = this.#counts.get(id);
      const fresh = events.filter(({ seq }) => seq > (base?.seq ?? lastSeq));
      const recorded = fresh.filter(({ kind, process }) => kind === 'restarted' && process === id).length;
      const isComparable = base !== undefined && !this.#bed.isDamaged && !fresh.some((event) => resets(event, id));
      if (isComparable && restarts !== base.restarts + recorded)
        problems.push(
          `"${id}" counts ${restarts} restarts, but had ${base.restarts}, and ${recorded} were recorded since`,
        );
      else this.#counts.set(id, { restarts, seq: lastSeq });
    }
    return problems;
  }
}

/** Returns whether an event sets the restarts of a program to 0, or says that they may be lost. */
function resets({ kind, process }: EngineEvent, id: string): boolean {
  if (kind === 'engine-stopping' || kind === 'file-corrupt') return true;
  return process === id && (kind === 'removed' || kind === 'added');
}

/** Returns whether the engine reported that the events before this one cannot be read any more. */
function isReported(events: readonly EngineEvent[], index: number): boolean {
  return events
    .slice(index, index + 5)
    .some(({ kind, reason }) => kind === 'file-corrupt' && /can no longer be read|unreadable lines/.test(reason));
}

const STARTS = ['started', 'restarted', 'adopted', 'forked'];

/** Daemons, whose first process exits: that exit is not the one of their run. */
const FORKING = SUBJECTS.filter(({ role }) => role === 'forker').map(({ id }) => id);

/** Every running main process has an event that it was started, restarted or adopted. */
function pidProblems(events: readonly EngineEvent[], census: readonly CensusEntry[]): readonly string[] {
  return census
    .filter(({ part }) => part === 'main')
    .filter(
      ({ id, pid }) =>
        !events.some((event) => event.process === id && event.pid === pid && STARTS.includes(event.kind)),
    )
    .map(({ id, pid }) => `no event records the start of process ${pid} of "${id}"`);
}

/** The start and the exit of every run are recorded exactly once, and the exit before the start of the next run. */
function exitProblems(events: readonly EngineEvent[], unsureUpTo: number): readonly string[] {
  const problems: string[] = [];
  /** Null if the last run has exited; missing if nothing is known. */
  const running = new Map<string, number | null>();
  /** Programs whose recorded runs may have been lost with a damaged file. */
  const unsure = new Set<string>();
  let lastSeq = 0;
  for (const { seq, kind, process: id, pid } of events) {
    const isEndOfDamage = lastSeq < unsureUpTo && seq >= unsureUpTo;
    if (kind === 'file-corrupt' || isEndOfDamage) for (const { id: each } of SUBJECTS) unsure.add(each);
    lastSeq = seq;
    if (id === null || pid === null || FORKING.includes(id)) continue;
    const isSure = seq > unsureUpTo;
    if (kind === 'started' || kind === 'restarted') {
      const before = running.get(id);
      if (isPid(before) && !unsure.has(id) && isSure)
        problems.push(`event ${seq}: "${id}" was started as ${pid}, but the exit of ${before} was not recorded`);
      unsure.delete(id);
      running.set(id, pid);
    } else if (kind === 'adopted') {
      const before = running.get(id);
      if (isPid(before) && before !== pid && !unsure.has(id) && isSure)
        problems.push(`event ${seq}: ${pid} of "${id}" was adopted, but the exit of ${before} was not recorded`);
      if (before === null && !unsure.has(id) && isSure)
        problems.push(`event ${seq}: ${pid} of "${id}" was adopted, but its start was not recorded`);
      running.set(id, pid);
      unsure.delete(id);
    } else if (kind === 'exited' || kind === 'crashed') {
      if (running.get(id) !== pid && isSure && !unsure.delete(id))
        problems.push(`event ${seq}: the exit of ${pid} of "${id}" was recorded, but it was not running`);
      if (running.get(id) === pid) running.set(id, null);
      else running.delete(id);
    }
  }
  return problems.slice(0, 5);
}

function isPid(pid: number | null | undefined): pid is number {
  return pid !== undefined && pid !== null;
}

/** Automatic restarts never exceed the number that the cooldown allows within its window. */
function cooldownProblems(
  events: readonly EngineEvent[],
  { clockChanges, mayLackEventsUpTo }: FaultBed,
): readonly string[] {
  return SUBJECTS.flatMap(({ id }) => {
    const times: number[] = [];
    const seqs: number[] = [];
    const forget = (): void => void (times.length = seqs.length = 0);
    let cooldownUntil = Infinity;
    for (const event of events) {
      // A shutdown by an operator resets the counters. Times before and after a change of the clock cannot be compared.
      if (event.kind === 'engine-stopping' || event.seq <= mayLackEventsUpTo) forget();
      if (clockChanges.some((seq) => event.seq >= seq && event.seq <= seq + 100)) forget();
      if (event.process !== id) continue;
      // A cooldown may also end while no engine is running.
      if (Date.parse(event.time) >= cooldownUntil) {
        forget();
        cooldownUntil = Infinity;
      }
      if (event.kind === 'cooldown-started') cooldownUntil = Date.parse(String(event.data['until']));
      if (event.kind === 'cooldown-ended' || event.kind === 'removed') forget();
      if (
        event.kind === 'restarted' &&
        !['operator', 'config', 'cooldown', 'schedule'].includes(String(event.data['cause']))
      ) {
        times.push(Date.parse(event.time));
        seqs.push(event.seq);
      }
    }
    const index = times.findIndex(
      (time, at) => (times[at + COOLDOWN.restarts] ?? Infinity) - time < COOLDOWN.windowMs - 50,
    );
    const story = seqs.slice(index, index + COOLDOWN.restarts + 1).join(', ');
    return index === -1 ? [] : [`"${id}" was restarted too often within ${COOLDOWN.windowMs} ms: events ${story}`];
  });
}
