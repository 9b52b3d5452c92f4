import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultBed } from '../bed.ts';
import { SUBJECTS } from '../catalog.ts';
import { names } from './rotated-file.ts';
import { RotatedReader } from './rotated-reader.ts';

const COUNTED = /^\[healer\] (\d+) lines? \(\d+ bytes\) (?:was|were) not written/;
const UNKNOWN = '[healer] an unknown number of lines is missing';

/** The roles of programs that number their lines. */
const NUMBERED: readonly string[] = ['counter', 'flood', 'long', 'torn', 'exits'];
const NUMBERED_IDS = SUBJECTS.filter(({ role }) => NUMBERED.includes(role)).map(({ id }) => id);

/** The last line that each run of a program has printed, by id and run. */
export type PrintedLines = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Reads what has been printed. Call it before the logs are read, so that lines have time to reach them. */
export function readPrintedLines({ countsDir }: FaultBed): PrintedLines {
  const files = names(countsDir);
  return new Map(
    NUMBERED_IDS.map((id) => {
      const own = files.filter((file) => file.startsWith(`${id}.`) && !file.endsWith('.lock'));
      return [id, new Map(own.map((file) => [file.slice(id.length + 1), Number(readText(join(countsDir, file)))]))];
    }),
  );
}

/**
 * Every run of a counter numbers its lines from 1: each number is logged once and in order, or the log says how many lines
 * are missing. Each line is read once, so that a check takes no longer at the end of a run than at its beginning.
 */
export class LineInvariants {
  readonly #logs: ReadonlyMap<string, CounterLog>;

  constructor({ home }: FaultBed) {
    const pathOf = (id: string): string => join(home.paths.logsDir, id, 'current.log');
    this.#logs = new Map(NUMBERED_IDS.map((id) => [id, new CounterLog(id, pathOf(id))]));
  }

  /** @param live the runs whose output is still on its way */
  problems(printed: PrintedLines, live: ReadonlySet<number>): readonly string[] {
    return [...this.#logs].flatMap(([id, log]) => {
      log.read();
      const tails = missingTails(printed.get(id) ?? new Map<string, number>(), log, live);
      const missing = log.missing + tails.reduce((sum, { lines }) => sum + lines, 0);
      const ends = tails.map(({ run, lines }) => `, ${lines} at the end of ${run}`).join('');
      const lost = `log of "${id}": ${missing} lines are missing${ends}; ${log.counted} are counted as missing`;
      const problems = [...log.disorder.slice(0, 3), ...(missing <= log.counted ? [] : [lost])];
      // A collector that recovers may cut off what was read before, so what is reported is read as a whole.
      if (problems.length > 0) log.readAllNext();
      return problems;
    });
  }
}

/** What the log of a counter contains. */
class CounterLog {
  /** The last line of each run. */
  readonly last = new Map<string, number>();
  /** Runs of which the log says that an unknown number of lines is missing, or earlier ones. */
  readonly forgiven = new Set<string>();
  readonly disorder: string[] = [];
  readonly #id: string;
  readonly #reader: RotatedReader;
  // By the number of the run, since what is missing may be stated after the next run has begun.
  readonly #missing = new Map<number, number>();
  readonly #counted = new Map<number, number>();
  readonly #numberOf = new Map<string, number>();
  /** Unfinished lines, by stream. */
  readonly #begun = new Map<string, string>();
  /** The number of the run whose mark precedes the next line. */
  #runNumber = 0;

  constructor(id: string, path: string) {
    this.#id = id;
    this.#reader = new RotatedReader(path);
  }

  /** Lines that are neither logged nor the first of the log. */
  get missing(): number {
    return total(this.#missing);
  }

  /** Lines that the log says are missing. */
  get counted(): number {
    return total(this.#counted);
  }

  read(): void {
    const { lines, isFromStart } = this.#reader.read();
    if (isFromStart) this.#forget();
    for (const line of lines) this.#take(line);
  }

  readAllNext(): void {
    this.#reader.startOver();
  }

  #forget(): void {
    for (const each of [this.last, this.forgiven, this.#missing, this.#counted, this.#numberOf, this.#begun])
      each.clear();
    this.disorder.length = 0;
    this.#runNumber = 0;
  }

  /** An unfinished line is logged as a partial record, which the next record of its stream continues. */
  #take(record: string): void {
    const [, stream = '', flag, ...words] = record.split(' ');
    if (stream === 'healer') {
      this.#runNumber = Number(words[1]);
      return;
    }
    const text = (this.#begun.get(stream) ?? '') + words.join(' ');
    if (flag === 'P') this.#begun.set(stream, text);
    else {
      this.#begun.delete(stream);
      this.#takeLine(text);
    }
  }

  #takeLine(text: string): void {
    add(this.#counted, this.#runNumber, Number(COUNTED.exec(text)?.[1] ?? 0));
    if (text.startsWith(UNKNOWN)) this.#forgive();
    const [name, run = '', number = ''] = text.split(' ');
    if (name !== this.#id || Number.isNaN(Number.parseInt(number, 10))) return;
    const expected = (this.last.get(run) ?? (this.last.size === 0 ? Number(number) - 1 : 0)) + 1;
    if (Number(number) < expected)
      this.disorder.push(`log of "${name}", run ${run}: found line ${number} after ${expected - 1}`);
    else add(this.#missing, this.#runNumber, Number(number) - expected);
    this.last.set(run, Number(number));
    this.#numberOf.set(run, this.#runNumber);
  }

  /** An unknown number of lines is missing: of this run, or of earlier ones. */
  #forgive(): void {
    for (const run of this.last.keys()) if ((this.#numberOf.get(run) ?? 0) <= this.#runNumber) this.forgiven.add(run);
    for (const counts of [this.#missing, this.#counted])
      for (const number of counts.keys()) if (number <= this.#runNumber) counts.delete(number);
  }
}

function add(counts: Map<number, number>, key: number, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function total(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** A run that is over, whose last lines are not in the log. */
interface MissingTail {
  readonly run: string;
  readonly lines: number;
}

/** Returns the runs that are over whose last lines are missing. A removed log cannot contain them. */
function missingTails(
  printed: ReadonlyMap<string, number>,
  { last, forgiven }: Pick<CounterLog, 'last' | 'forgiven'>,
  live: ReadonlySet<number>,
): readonly MissingTail[] {
  return [...printed].flatMap(([run, count]) => {
    const logged = last.get(run);
    const isOpen = live.has(Number(run.split('-')[0])) || logged === undefined || forgiven.has(run);
    return isOpen || logged >= count ? [] : [{ run, lines: count - logged }];
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
