import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { explainReadProblem } from '../../base/file-problem.ts';
import { HealerError } from '../../protocol/errors.ts';

/** A row of a recorded series. */
export interface SeriesRow {
  readonly kind: 'row';
  /** The timestamp as it is written in the file. */
  readonly stamp: string;
  /** Seconds. */
  readonly t: number;
  readonly value: number;
}

export interface BadRow {
  readonly kind: 'bad';
  readonly line: number;
  readonly problem: string;
}

const TIME_COLUMNS = ['timestamp', 'time', 't'];
const VALUE_COLUMN = 'value';

/**
 * Yields the rows of a CSV file with a timestamp and a value; "-" is stdin. The first line may name the columns; other
 * columns are ignored. Timestamps are in seconds or ISO 8601, in UTC unless they have a zone.
 * @throws HealerError IO_ERROR when the file cannot be read
 */
export async function* readSeriesFile(file: string): AsyncGenerator<SeriesRow | BadRow> {
  let columns: Columns = { time: 0, value: 1 };
  let line = 0;
  try {
    for await (const text of createInterface({ input: await openInput(file), crlfDelay: Infinity })) {
      line += 1;
      if (text.trim() === '') continue;
      const cells = text.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
      const named = line === 1 ? columnsNamedBy(cells) : null;
      if (named === null) yield parseRow(cells, columns, line);
      else columns = named;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Opens the file before reading it, so that a missing file is reported as such. */
async function openInput(file: string): Promise<NodeJS.ReadableStream> {
  return file === '-' ? process.stdin : (await open(file)).createReadStream();
}

interface Columns {
  readonly time: number;
  readonly value: number;
}

/** Returns null for a line that contains values instead of column names. */
function columnsNamedBy(cells: readonly string[]): Columns | null {
  const names = cells.map((cell) => cell.replace(/^\uFEFF/, '').toLowerCase());
  const time = names.findIndex((name) => TIME_COLUMNS.includes(name));
  const value = names.indexOf(VALUE_COLUMN);
  return time === -1 || value === -1 ? null : { time, value };
}

function parseRow(cells: readonly string[], columns: Columns, line: number): SeriesRow | BadRow {
  const stamp = cells[columns.time] ?? '';
  const text = cells[columns.value] ?? '';
  const t = parseTime(stamp);
  if (t === null)
    return {
      kind: 'bad',
      line,
      problem: `${JSON.stringify(stamp)} is neither a number of seconds nor an ISO 8601 time`,
    };
  const value = text === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) return { kind: 'bad', line, problem: `${JSON.stringify(text)} is not a number` };
  return { kind: 'row', stamp, t, value };
}

function parseTime(stamp: string): number | null {
  if (stamp === '') return null;
  const seconds = Number(stamp);
  if (Number.isFinite(seconds)) return seconds;
  const hasZone = /(?:z|[+-]\d\d:?\d\d)$/i.test(stamp);
  const ms = Date.parse(`${stamp.replace(' ', 'T')}${hasZone || !stamp.includes(':') ? '' : 'Z'}`);
  return Number.isNaN(ms) ? null : ms / 1000;
}

function unreadable(file: string, error: unknown): HealerError {
  return new HealerError('IO_ERROR', `cannot read "${file}": ${explainReadProblem(file, error)}`, { path: file });
}
