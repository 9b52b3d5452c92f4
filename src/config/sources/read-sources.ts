import { readFile, stat } from 'node:fs/promises';
import type { Environment } from '../../base/environment.ts';
import { codeOf, messageOf } from '../../base/thrown.ts';
import { type OwnershipProblem, ownershipProblem } from '../../base/ownership.ts';
import { readProcessList } from '../process-list/read-process-list.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { NOTHING_COMMON, type SourceReading } from '../reading/source-reading.ts';
import { readRegistry, type RegistryReading } from '../registry/registry-reading.ts';
import { readHealerYaml } from '../yaml/read-healer-yaml.ts';
import { ParsedSources } from './parsed-sources.ts';
import { type SourceKind, sourceKindOf } from './source-kind.ts';

/** The paths of everything that defines programs. */
export interface SourceFiles {
  /** Process lists and healer.yaml files. */
  readonly files: readonly string[];
  readonly registryFile: string;
}

/** What was read from each source. */
export interface SourceReadings {
  /** In order of precedence: fields of later ones override those of earlier ones. */
  readonly files: readonly SourceReading[];
  /** Overrides all files. */
  readonly registry: RegistryReading;
}

/** Kinds with a higher rank override: a list names programs, and a healer.yaml adds details. */
const RANKS: Readonly<Record<SourceKind, number>> = { list: 1, yaml: 2 };

/**
 * Reads all sources. Never rejects: a source that cannot be read results in a problem that says why.
 * @param parsed how the files were read before
 */
export async function readSources(
  { files, registryFile }: SourceFiles,
  env: Environment,
  parsed = new ParsedSources(),
): Promise<SourceReadings> {
  parsed.keepOnly(files);
  return { files: await readSourceFiles(files, env, parsed), registry: readRegistry(registryFile) };
}

/**
 * Reads process lists and healer.yaml files, each file once. Returns them in order of precedence: lists, then healer.yaml
 * files, and in the given order within each kind. Never rejects.
 * @param env the variables that `${NAME}` refers to; always the same ones for the same `parsed`
 * @param parsed how the files were read before
 */
export async function readSourceFiles(
  files: readonly string[],
  env: Environment,
  parsed = new ParsedSources(),
): Promise<readonly SourceReading[]> {
  const readings = await Promise.all([...new Set(files)].map((file) => readSourceFile(file, env, parsed)));
  return readings.sort((a, b) => a.rank - b.rank).map(({ reading }) => reading);
}

interface RankedReading {
  readonly rank: number;
  readonly reading: SourceReading;
}

async function readSourceFile(file: string, env: Environment, parsed: ParsedSources): Promise<RankedReading> {
  try {
    const content = await readRegularFile(file);
    const unsafe = ownershipProblem(file);
    if (unsafe !== null) return { rank: RANKS[sourceKindOf(file, content)], reading: refused(file, unsafe) };
    const kind = sourceKindOf(file, content);
    const reading = await parsed.read(file, content, async () =>
      kind === 'list' ? readProcessList(content, file) : readHealerYaml(content, file, env),
    );
    return { rank: RANKS[kind], reading };
  } catch (error) {
    return { rank: RANKS[sourceKindOf(file, Buffer.alloc(0))], reading: unreadable(file, error) };
  }
}

/** Refuses pipes and devices: reading them may never finish. */
async function readRegularFile(file: string): Promise<Buffer> {
  const facts = await stat(file);
  if (facts.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  if (!facts.isFile()) throw new Error('it is not a regular file');
  return readFile(file);
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'file not found; check the path or create the file',
  ENOTDIR: 'a part of the path is not a folder; check the path',
  EISDIR: 'this is a folder; name a file in it',
  EACCES: 'permission denied; check the permissions of the file and its folders',
};

function unreadable(file: string, error: unknown): SourceReading {
  return withoutContent(file, `cannot read "${file}"`, HINTS[codeOf(error) ?? ''] ?? messageOf(error));
}

/** Others could make this engine run anything. */
function refused(file: string, { message, hint }: OwnershipProblem): SourceReading {
  return withoutContent(file, `cannot use "${file}": ${message}`, hint);
}

/** All or nothing, so that the previous content of the file stays in effect. */
function withoutContent(file: string, message: string, hint: string): SourceReading {
  const problem: ConfigProblem = { severity: 'error', file, line: null, column: null, message, hint };
  const nothing = { definitions: [], common: NOTHING_COMMON };
  return { file, ...nothing, problems: [problem], isComplete: false, isBlank: false, isAllOrNothing: true };
}
