import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseEvent } from '../../src/engine/store/event-log.ts';
import type { EngineEvent } from '../../src/protocol/engine-event.ts';
import type { ProcessRow } from '../../src/protocol/snapshot.ts';
import type { FaultBed, Goal } from './bed.ts';
import type { CensusEntry } from './census.ts';
import { COOLDOWN, type Subject, SUBJECTS } from './catalog.ts';

/** Returns the programs that are not in their expected state, as sentences. */
export function programProblems(bed: FaultBed, rows: ReadonlyMap<string, ProcessRow>): readonly string[] {
  const census = bed.census();
  const known = new Set(SUBJECTS.map(({ id }) => id));
  const unknown = census.filter(({ id }) => !known.has(id)).map(({ pid, id }) => `process ${pid} of unknown "${id}"`);
  return [
    ...unknown,
    ...SUBJECTS.flatMap((subject) => {
      const own = census.filter(({ id }) => id === subject.id);
      const row = rows.get(subject.id);
      if (row?.state === 'waiting' && own.length === 0 && lacksDependency(bed, subject)) return [];
      const problems = bed.possibleGoals(subject.id).map((goal) => problemOf(subject, goal, row, own));
      return problems.includes(null) ? [] : [problems.filter((each) => each !== null).join(', or ')];
    }),
  ];
}

/** Returns whether a dependency of the program, direct or indirect, may be down. */
function lacksDependency(bed: FaultBed, { dependsOn }: Subject): boolean {
  return dependsOn.some((id) => {
    const dependency = SUBJECTS.find((each) => each.id === id);
    const isDown = bed.possibleGoals(id).some((goal) => goal !== 'up');
    return isDown || (dependency !== undefined && lacksDependency(bed, dependency));
  });
}

/** Replaces open goals by those that match the current states. Must be called only if there are no `programProblems`. */
export function settleGoals(bed: FaultBed, rows: ReadonlyMap<string, ProcessRow>): void {
  const census = bed.census();
  for (const [id, goals] of bed.openGoals) {
    const subject = SUBJECTS.find((each) => each.id === id);
    if (subject === undefined) continue;
    const own = census.filter((entry) => entry.id === id);
    const fitting = goals.filter((goal) => problemOf(subject, goal, rows.get(id), own) === null);
    // The processes of a crasher are the same for several goals, so the state that the engine reports decides.
    const state = rows.get(id)?.state;
    const named = fitting.find((goal) => goal === state || (goal === 'stopped' && state === 'stopped'));
    bed.expectOneOf(id, [named ?? fitting[0] ?? 'up']);
  }
}

function problemOf(
  { id, isSteady, helpers }: Subject,
  goal: Goal,
  row: ProcessRow | undefined,
  own: readonly CensusEntry[],
): string | null {
  const mains = own.filter(({ part }) => part === 'main');
  const seen = `${own.length} processes (${own.map(({ pid, part }) => `${part} ${pid}`).join(', ')})`;
  if (goal === 'removed') {
    return row === undefined && own.length === 0
      ? null
      : `"${id}" should be removed, but is ${row?.state ?? 'unknown'} with ${seen}`;
  }
  if (row === undefined) return `"${id}" is not known to the engine`;
  if (goal !== 'up') {
    return row.state === goal && own.length === 0
      ? null
      : `"${id}" should be ${goal}, but is ${row.state} with ${seen}`;
  }
  if (mains.length > 1) return `"${id}" runs ${mains.length} times: ${seen}`;
  if (own.length - mains.length > helpers) return `"${id}" has too many helpers: ${seen}`;
  if (!isSteady) return row.state === 'stopped' || row.state === 'disabled' ? `"${id}" is ${row.state}` : null;
  const isUp = row.state === 'running' && mains[0]?.pid === row.pid;
  return isUp ? null : `"${id}" should be running, but is ${row.state} (pid ${row.pid ?? 'none'}) with ${seen}`;
}

/** Invariants of `healing.log` and of program logs over the whole run. */
export class History {
  readonly #bed: FaultBed;
  readonly #seen = new Map<number, string>();

  constructor(bed: FaultBed) {
    this.#bed = bed;
  }

  problems(): readonly string[] {
    const events = this.#readEvents();
    return [
      ...this.#numberProblems(events),
      ...pidProblems(events, this.#bed.census()),
      ...exitProblems(events),
      ...cooldownProblems(events),
      ...SUBJECTS.filter(({ role }) => role === 'counter').flatMap(({ id }) => this.#lineProblems(id)),
    ];
  }

  #readEvents(): readonly EngineEvent[] {
    return readRotated(this.#bed.home.paths.healingLog)
      .map(parseEvent)
      .filter((event) => event !== null);
  }

  /** Event numbers increase by one and never restart, and no event is changed later. */
  #numberProblems(events: readonly EngineEvent[]): readonly string[] {
    const problems: string[] = [];
    events.forEach((event, index) => {
      const previous = events[index - 1];
      if (previous !== undefined && event.seq !== previous.seq + 1)
        problems.push(`event ${event.seq} follows event ${previous.seq}`);
      const text = JSON.stringify(event);
      const before = this.#seen.get(event.seq);
      if (before !== undefined && before !== text) problems.push(`event ${event.seq} was ${before} and is ${text}`);
      this.#seen.set(event.seq, text);
    });
    return problems.slice(0, 5);
  }

  /** Every run numbers its lines from 1. Each number must appear once and in order. */
  #lineProblems(id: string): readonly string[] {
    const lines = readRotated(join(this.#bed.home.paths.logsDir, id, 'current.log'));
    const last = new Map<string, number>();
    const problems: string[] = [];
    for (const line of lines) {
      const [, , , name, pid = '', number = ''] = line.split(' ');
      if (name !== id) continue;
      const expected = (last.get(pid) ?? (last.size === 0 ? Number(number) - 1 : 0)) + 1;
      if (Number(number) !== expected)
        problems.push(`log of "${id}", pid ${pid}: found line ${number}, expected ${expected}`);
      last.set(pid, Number(number));
    }
    return problems.slice(0, 3);
  }
}

const STARTS = ['started', 'restarted', 'adopted'];

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

/** The exit of every run is recorded exactly once, before the start of the next run. */
function exitProblems(events: readonly EngineEvent[]): readonly string[] {
  const problems: string[] = [];
  const running = new Map<string, number>();
  /** Programs whose recorded runs may have been lost with a damaged file. */
  const unsure = new Set<string>();
  for (const { seq, kind, process: id, pid } of events) {
    // Records of previous runs may be lost with the file.
    if (kind === 'file-corrupt') for (const each of running.keys()) unsure.add(each);
    if (id === null || pid === null) continue;
    if (kind === 'started' || kind === 'restarted') {
      const before = running.get(id);
      if (before !== undefined && !unsure.delete(id))
        problems.push(`event ${seq}: "${id}" was started as ${pid}, but the exit of ${before} was not recorded`);
      running.set(id, pid);
    } else if (kind === 'adopted') running.set(id, pid);
    else if (kind === 'exited' || kind === 'crashed') {
      if (running.get(id) !== pid)
        problems.push(`event ${seq}: the exit of ${pid} of "${id}" was recorded, but it was not running`);
      running.delete(id);
    }
  }
  return problems.slice(0, 5);
}

/** Automatic restarts never exceed the number that the cooldown allows within its window. */
function cooldownProblems(events: readonly EngineEvent[]): readonly string[] {
  return SUBJECTS.flatMap(({ id }) => {
    const times: number[] = [];
    const seqs: number[] = [];
    let cooldownUntil = Infinity;
    for (const event of events) {
      // A shutdown by an operator resets the counters.
      if (event.kind === 'engine-stopping') times.length = seqs.length = 0;
      if (event.process !== id) continue;
      // A cooldown may also end while no engine is running.
      if (Date.parse(event.time) >= cooldownUntil) {
        times.length = seqs.length = 0;
        cooldownUntil = Infinity;
      }
      if (event.kind === 'cooldown-started') cooldownUntil = Date.parse(String(event.data['until']));
      if (event.kind === 'cooldown-ended') times.length = seqs.length = 0;
      if (event.kind === 'restarted' && !['operator', 'config', 'cooldown'].includes(String(event.data['cause']))) {
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

/** Returns the complete lines of a file and of its rotated predecessors, oldest first. */
function readRotated(path: string): readonly string[] {
  const name = basename(path);
  const numberOf = (file: string): number => Number(file.slice(name.length + 1) || 0);
  const files = names(dirname(path)).filter((file) => file === name || /^\.\d+$/.test(file.slice(name.length)));
  return files
    .filter((file) => file.startsWith(name))
    .sort((a, b) => numberOf(b) - numberOf(a))
    .flatMap((file) =>
      readFileSync(join(dirname(path), file), 'utf8')
        .split('\n')
        .slice(0, -1),
    );
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
