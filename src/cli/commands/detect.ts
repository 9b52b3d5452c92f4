import { join } from 'node:path';
import { HealerError } from '../../protocol/errors.ts';
import type { RunOf } from '../command/command.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import { refuseInDeletedFolder } from '../definitions/existing-folder.ts';
import { isFolder, readRecordingFacts, RECORDED_SERIES } from '../definitions/recording.ts';
import type { Terminal } from '../output/terminal.ts';
import { detectInSeries, jsonOfSeries, printSeries, type SeriesReport } from '../definitions/detect-series.ts';

type Options = Parameters<RunOf<typeof INSPECT_COMMANDS.detect>>[2];

/** Runs detectors on a recorded series, or on a folder of `healer record`. Returns 1 for findings where none are expected. */
export const run: RunOf<typeof INSPECT_COMMANDS.detect> = async ({ terminal }, [file = '-'], { kind }) => {
  if (file !== '-') refuseInDeletedFolder(file);
  return file !== '-' && isFolder(file) ? detectInRecording(terminal, file, kind) : detectInFile(terminal, file, kind);
};

async function detectInFile(terminal: Terminal, file: string, kind: Options['kind'] = 'leak'): Promise<number> {
  const { DETECTORS } = await import('../../policy/anomaly/index.ts');
  const report = await detectInSeries(file, kind, DETECTORS[kind].create());
  if (report.samples === 0) {
    const [first] = report.problems;
    const why = first === undefined ? 'the file is empty' : `line ${first.line}: ${first.problem}`;
    throw new HealerError('IO_ERROR', `"${file}" has no row of the form "timestamp,value" (${why})`, { path: file });
  }
  if (terminal.json) terminal.printJson(jsonOfSeries(report));
  else printSeries(terminal, report);
  return 0;
}

/** Runs each detector with the settings that the program had. */
async function detectInRecording(terminal: Terminal, folder: string, only: Options['kind']): Promise<number> {
  const { id, limits, anomaly, expect } = readRecordingFacts(folder);
  const { DETECTORS, NO_MEMORY } = await import('../../policy/anomaly/index.ts');
  const reports: SeriesReport[] = [];
  for (const { file, detector: kind, input } of RECORDED_SERIES) {
    if (only !== undefined && only !== kind) continue;
    const detector = DETECTORS[kind].create({ input, anomaly, limits, memory: NO_MEMORY });
    reports.push(await detectInSeries(join(folder, file), kind, detector));
  }
  const falseAlarms = expect === 'nothing' ? reports.filter(({ findings }) => findings.length > 0) : [];
  if (terminal.json) terminal.printJson({ id, expect, series: reports.map(jsonOfSeries) });
  else for (const report of reports) printSeries(terminal, report);
  if (falseAlarms.length === 0) return 0;
  terminal.note(
    `false alarms: the recording of "${id}" is expected to contain no ${falseAlarms.map(({ kind }) => kind).join(', ')}`,
  );
  return 1;
}
