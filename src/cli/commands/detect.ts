import type { Detector } from '../../policy/anomaly/index.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { DetectorName } from '../../protocol/event-kinds.ts';
import type { RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import type { Terminal } from '../output/terminal.ts';
import { refuseInDeletedFolder } from '../definitions/existing-folder.ts';
import { type BadRow, readSeriesFile } from '../definitions/series-file.ts';

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

interface Report {
  readonly findings: readonly Stretch[];
  readonly problems: readonly BadRow[];
  readonly samples: number;
}

export const run: RunOf<typeof INSPECT_COMMANDS.detect> = async ({ terminal }, [file = '-'], { kind }) => {
  if (file !== '-') refuseInDeletedFolder(file);
  const report = await detect(file, await createDetector(kind));
  if (report.samples === 0) {
    const [first] = report.problems;
    const why = first === undefined ? 'the file is empty' : `line ${first.line}: ${first.problem}`;
    throw new HealerError('IO_ERROR', `"${file}" has no row of the form "timestamp,value" (${why})`, { path: file });
  }
  if (terminal.json) terminal.printJson(jsonOf(kind, report));
  else print(terminal, kind, report);
  return 0;
};

async function createDetector(name: DetectorName): Promise<Detector> {
  const { DETECTORS } = await import('../../policy/anomaly/index.ts');
  return DETECTORS[name].create();
}

async function detect(file: string, detector: Detector): Promise<Report> {
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
  return { findings, problems, samples };
}

function jsonOf(kind: string, { findings, problems, samples }: Report): object {
  return { kind, samples, findings, problems: problems.map(({ line, problem }) => ({ line, problem })) };
}

function print(terminal: Terminal, kind: string, { findings, problems, samples }: Report): void {
  for (const { line, problem } of problems.slice(0, NAMED_ROWS)) terminal.note(`skipped line ${line}: ${problem}`);
  const unnamed = problems.length - NAMED_ROWS;
  if (unnamed > 0) terminal.note(`skipped ${unnamed} more lines`);
  if (findings.length === 0) terminal.print(`No ${kind} in ${samples === 1 ? '1 sample' : `${samples} samples`}.`);
  for (const { from, until, score, evidence } of findings) {
    const span = from === until ? from : `${from} to ${until}`;
    terminal.print(`${terminal.style.strong(span)}  ${kind}: ${evidence} (score ${score.toFixed(2)})`);
  }
}
