import type { Detector } from '../../policy/anomaly/index.ts';
import { type BadRow, readSeriesFile } from './series-file.ts';
import type { Terminal } from '../output/terminal.ts';

/** How many bad rows are reported one by one; the others are only counted. */
const NAMED_ROWS = 20;

/** A part of a series in which the detector found an anomaly. */
interface Stretch {
  /** A timestamp as it is written in the file. */
  readonly from: string;
  until: string;
  score: number;
  readonly evidence: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** What a detector found in a series. */
export interface SeriesReport {
  readonly kind: string;
  readonly findings: readonly Stretch[];
  readonly problems: readonly BadRow[];
  readonly samples: number;
}

/** Runs a detector on a file. @throws HealerError IO_ERROR when the file cannot be read */
export async function detectInSeries(file: string, kind: string, detector: Detector): Promise<SeriesReport> {
  const findings: Stretch[] = [];
  const problems: BadRow[] = [];
  let samples = 0;
  let open: Stretch | null = null;
  for await (const row of readSeriesFile(file)) {
    if (row.kind === 'bad') {
      problems.push(row);
      continue;
    }
    samples += 1;
    const { anomaly, score, evidence } = detector.push(row);
    if (!anomaly) {
      open = null;
    } else if (open === null) {
      const { sentence = '', figures = {} } = evidence ?? {};
      open = { from: row.stamp, until: row.stamp, score, evidence: sentence, figures };
      findings.push(open);
    } else {
      open.until = row.stamp;
      open.score = Math.max(open.score, score);
    }
  }
  return { kind, findings, problems, samples };
}

export function jsonOfSeries({ kind, findings, problems, samples }: SeriesReport): object {
  return { kind, samples, findings, problems: problems.map(({ line, problem }) => ({ line, problem })) };
}

export function printSeries(terminal: Terminal, { kind, findings, problems, samples }: SeriesReport): void {
  for (const { line, problem } of problems.slice(0, NAMED_ROWS)) terminal.note(`skipped line ${line}: ${problem}`);
  const unnamed = problems.length - NAMED_ROWS;
  if (unnamed > 0) terminal.note(`skipped ${unnamed} more lines`);
  if (findings.length === 0) terminal.print(`No ${kind} in ${samples === 1 ? '1 sample' : `${samples} samples`}.`);
  for (const { from, until, score, evidence } of findings) {
    const span = from === until ? from : `${from} to ${until}`;
    terminal.print(`${terminal.style.strong(span)}  ${kind}: ${evidence} (score ${score.toFixed(2)})`);
  }
}
