import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DetectorInput } from '../../policy/anomaly/index.ts';
import { ensureFolder } from '../../base/atomic-file.ts';
import { explainWriteProblem } from '../../base/file-problem.ts';
import { messageOf } from '../../base/thrown.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { DetectorName } from '../../protocol/event-kinds.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

const FACTS = 'recording.json';
const VERSION = 1;

/** A series of a recording: its file, and the detector that takes it. */
export interface RecordedSeries {
  readonly file: string;
  readonly detector: DetectorName;
  readonly input: DetectorInput;
}

/** Every series that a recording can have. */
export const RECORDED_SERIES: readonly RecordedSeries[] = [
  { file: 'memory.csv', detector: 'leak', input: 'memory' },
  { file: 'cpu.csv', detector: 'spike', input: 'cpu' },
  { file: 'descriptors.csv', detector: 'descriptorLeak', input: 'descriptors' },
  { file: 'threads.csv', detector: 'threadLeak', input: 'threads' },
  { file: 'descendants.csv', detector: 'forkBomb', input: 'descendants' },
];

/** What `recording.json` says about the series beside it. */
export interface RecordingFacts {
  readonly id: string;
  /** Time of the first sample, ISO 8601. */
  readonly since: string;
  readonly limits: ProcessSpec['limits'];
  readonly anomaly: ProcessSpec['anomaly'];
  /** `nothing`: the program was healthy, so a finding is a false alarm. Null if it is not known. */
  readonly expect: 'nothing' | null;
}

/** A folder with the series of one program. */
export class Recording {
  readonly folder: string;

  /** Creates the folder of a new recording. @throws HealerError ALREADY_EXISTS, IO_ERROR */
  constructor(folder: string, facts: RecordingFacts) {
    this.folder = folder;
    if (existsSync(join(folder, FACTS)))
      throw new HealerError('ALREADY_EXISTS', `"${folder}" already contains a recording — name another folder`, {
        path: folder,
      });
    writing(folder, () => {
      ensureFolder(folder, 0o777);
      writeFileSync(join(folder, FACTS), `${JSON.stringify({ version: VERSION, ...facts }, null, 2)}\n`);
      for (const { file } of RECORDED_SERIES) writeFileSync(join(folder, file), 'timestamp,value\n');
    });
  }

  /** Adds a sample to a series. @param at ISO 8601 */
  add(input: DetectorInput, at: string, value: number | null): void {
    const series = RECORDED_SERIES.find((one) => one.input === input);
    if (series === undefined || value === null) return;
    writing(this.folder, () => appendFileSync(join(this.folder, series.file), `${at},${String(value)}\n`));
  }
}

/** Returns whether a path is a folder, and so a recording rather than a series. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Returns the facts of a recording. @throws HealerError IO_ERROR if the folder does not contain one */
export function readRecordingFacts(folder: string): RecordingFacts {
  const path = join(folder, FACTS);
  if (!existsSync(path)) {
    const message = `"${folder}" is a folder without ${FACTS} — name a CSV file, or a folder of "healer record"`;
    throw new HealerError('IO_ERROR', message, { path: folder });
  }
  try {
    const facts = JSON.parse(readFileSync(path, 'utf8')) as Partial<RecordingFacts> & { readonly version?: unknown };
    const { version, id, since, limits, anomaly, expect = null } = facts;
    if (version !== VERSION) throw new Error(`its version is ${JSON.stringify(version)} instead of ${VERSION}`);
    if (id === undefined || since === undefined || limits === undefined || anomaly === undefined)
      throw new Error('a field is missing');
    return { id, since, limits, anomaly, expect };
  } catch (error) {
    const message = messageOf(error);
    throw new HealerError('IO_ERROR', `"${path}" is not a recording of "healer record" (${message})`, { path });
  }
}

function writing(folder: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const message = `cannot write the recording to "${folder}": ${explainWriteProblem(folder, error)}`;
    throw new HealerError('IO_ERROR', message, { path: folder });
  }
}
