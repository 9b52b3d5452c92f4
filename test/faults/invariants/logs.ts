import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultBed } from '../bed.ts';
import { SUBJECTS } from '../catalog.ts';
import { names, readRotated } from './rotated-file.ts';

const COUNTED = /^\[healer\] (\d+) lines? \(\d+ bytes\) (?:was|were) not written/;
const UNKNOWN = '[healer] an unknown number of lines is missing';

/** The roles of programs that number their lines. */
const NUMBERED: readonly string[] = ['counter', 'flood', 'long', 'torn', 'exits'];
const NUMBERED_IDS = SUBJECTS.filter(({ role }) => NUMBERED.includes(role)).map(({ id }) => id);

/** What the log of a counter contains. */
interface CounterLog {
  /** The last line of each run. */
  readonly last: ReadonlyMap<string, number>;
  /** Lines that are neither logged nor the first of the log. */
  readonly missing: number;
  /** Lines that the log says are missing. */
  readonly counted: number;
  /** Runs of which the log says that an unknown number of lines is missing, or earlier ones. */
  readonly forgiven: ReadonlySet<string>;
  readonly disorder: readonly string[];
}

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
 * are missing. @param live the runs whose output is still on its way
 */
export function lineProblems(bed: FaultBed, printed: PrintedLines, live: ReadonlySet<number>): readonly string[] {
  return NUMBERED_IDS.flatMap((id) => {
    const log = readCounterLog(bed, id);
    const tail = missingTail(printed.get(id) ?? new Map<string, number>(), log, live);
    const missing = log.missing + tail;
    const isCovered = missing <= log.counted;
    const lost = isCovered
      ? []
      : [
          `log of "${id}": ${missing} lines are missing (${tail} at the ends of runs), ${log.counted} are counted as missing`,
        ];
    return [...log.disorder.slice(0, 3), ...lost];
  });
}

function readCounterLog(bed: FaultBed, id: string): CounterLog {
  const last = new Map<string, number>();
  const disorder: string[] = [];
  const forgiven = new Set<string>();
  // By the number of the run, since what is missing may be stated after the next run has begun.
  const [missing, counted, numberOf] = [
    new Map<number, number>(),
    new Map<number, number>(),
    new Map<string, number>(),
  ];
  for (const { text, runNumber } of readTexts(join(bed.home.paths.logsDir, id, 'current.log'))) {
    add(counted, runNumber, Number(COUNTED.exec(text)?.[1] ?? 0));
    if (text.startsWith(UNKNOWN)) {
      for (const run of last.keys()) if ((numberOf.get(run) ?? 0) <= runNumber) forgiven.add(run);
      for (const counts of [missing, counted])
        for (const number of counts.keys()) if (number <= runNumber) counts.delete(number);
    }
    const [name, run = '', number = ''] = text.split(' ');
    if (name !== id || Number.isNaN(Number.parseInt(number, 10))) continue;
    const expected = (last.get(run) ?? (last.size === 0 ? Number(number) - 1 : 0)) + 1;
    if (Number(number) < expected)
      disorder.push(`log of "${id}", run ${run}: found line ${number} after ${expected - 1}`);
    else add(missing, runNumber, Number(number) - expected);
    last.set(run, Number(number));
    numberOf.set(run, runNumber);
  }
  return { last, missing: total(missing), counted: total(counted), forgiven, disorder };
}

function add(counts: Map<number, number>, key: number, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function total(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

interface LoggedLine {
  readonly text: string;
  /** The number of the run whose mark precedes the line. */
  readonly runNumber: number;
}

/** Returns the lines of a log. An unfinished line is logged as a partial record, which the next record of its stream continues. */
function readTexts(path: string): readonly LoggedLine[] {
  const begun = new Map<string, string>();
  const texts: LoggedLine[] = [];
  let runNumber = 0;
  for (const record of readRotated(path)) {
    const [, stream = '', flag, ...words] = record.split(' ');
    if (stream === 'healer') {
      runNumber = Number(words[1]);
      continue;
    }
    const text = (begun.get(stream) ?? '') + words.join(' ');
    if (flag === 'P') begun.set(stream, text);
    else {
      begun.delete(stream);
      texts.push({ text, runNumber });
    }
  }
  return texts;
}

/** Returns how many lines are missing at the ends of runs that are over. A removed log cannot contain them. */
function missingTail(
  printed: ReadonlyMap<string, number>,
  { last, forgiven }: CounterLog,
  live: ReadonlySet<number>,
): number {
  let missing = 0;
  for (const [run, count] of printed) {
    const logged = last.get(run);
    const isOpen = live.has(Number(run.split('-')[0])) || logged === undefined || forgiven.has(run);
    if (!isOpen) missing += Math.max(0, count - logged);
  }
  return missing;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
