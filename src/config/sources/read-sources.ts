import { readFile, stat } from 'node:fs/promises';
import { codeOf, messageOf } from '../../base/thrown.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { readHealerYaml } from '../yaml/healer-yaml.ts';
import { readProcessList } from '../process-list/process-list-source.ts';
import { type SourceKind, sourceKindOf } from './source-kind.ts';
import { NOTHING_COMMON, type SourceReading } from '../reading/source-reading.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Later ones win: a list names programs, a healer.yaml says more about them. */
const RANKS: Readonly<Record<SourceKind, number>> = { list: 1, yaml: 2 };

/**
 * Reads the files that define programs, in the order in which later ones win: lists, then healer.yaml files, each kind
 * as given. Never rejects: a source that cannot be read is a problem that says why.
 */
export async function readSources(files: readonly string[], env: Environment): Promise<readonly SourceReading[]> {
  const readings = await Promise.all([...new Set(files)].map((file) => readSource(file, env)));
  return readings.sort((a, b) => a.rank - b.rank).map(({ reading }) => reading);
}

interface RankedReading {
  readonly rank: number;
  readonly reading: SourceReading;
}

async function readSource(file: string, env: Environment): Promise<RankedReading> {
  try {
    const content = await readRegularFile(file);
    const kind = sourceKindOf(file, content);
    const reading = kind === 'list' ? readProcessList(content, file) : await readHealerYaml(content, file, env);
    return { rank: RANKS[kind], reading };
  } catch (error) {
    return { rank: RANKS[sourceKindOf(file, Buffer.alloc(0))], reading: unreadable(file, error) };
  }
}

/** A pipe or device would be waited for without end. */
async function readRegularFile(file: string): Promise<Buffer> {
  const facts = await stat(file);
  if (facts.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  if (!facts.isFile()) throw new Error('it is not a regular file');
  return readFile(file);
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path or create it',
  ENOTDIR: 'a part of the path is not a folder; check the path',
  EISDIR: 'this is a folder; name a file in it',
  EACCES: 'this user may not read it; check its permissions',
};

/** Nobody knows what it says now, so what it said before stays. */
function unreadable(file: string, error: unknown): SourceReading {
  const problem: ConfigProblem = {
    severity: 'error',
    file,
    line: null,
    column: null,
    message: `cannot read "${file}"`,
    hint: HINTS[codeOf(error) ?? ''] ?? messageOf(error),
  };
  const nothing = { definitions: [], common: NOTHING_COMMON };
  return { file, ...nothing, problems: [problem], isComplete: false, isBlank: false, isAllOrNothing: true };
}
