import { isUtf8 } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import type * as z from 'zod';
import type { Environment } from '../../base/environment.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import { describeIssue } from '../reading/describe-issue.ts';
import { healerYamlSchema, YAML_PARTS, yamlFieldSchema } from './healer-yaml-schema.ts';
import { ProblemList } from './problem-list.ts';
import { pathFrom } from './program-paths.ts';
import { familiarTopHint } from '../reading/familiar-fields.ts';
import { quoteExcerpt } from '../reading/quote-excerpt.ts';
import { type CommonSettings, NOTHING_COMMON, type SourceReading } from '../reading/source-reading.ts';
import { expandValues } from './expand-values.ts';
import { isNothing, type LocatedField, type LocatedValue, plainValue } from '../reading/located-value.ts';
import type { PlacedProblem } from './parse-yaml.ts';
import { readYaml } from './read-yaml.ts';
import { mapFieldsOf, readDefaults, readPrograms, type YamlContext } from './yaml-programs.ts';

type LocatedFields = ReadonlyMap<string, LocatedField>;

/** Enough for thousands of programs. Bounds the memory that the engine uses to read a file. */
const MAX_BYTES = 2 ** 20;
const TOP_FIELDS = Object.keys(healerYamlSchema.shape);

/**
 * Reads a healer.yaml (docs/configuration.md). Returns every problem with its place, and all valid definitions.
 * @param file the path as given; relative paths in the file start in its folder
 * @param env the variables that `${NAME}` refers to
 */
export async function readHealerYaml(content: Buffer, file: string, env: Environment): Promise<SourceReading> {
  const unreadable = problemOfBytes(content);
  if (unreadable !== null) return emptyReading(new ProblemList(file, [unreadable]), file);
  const { root, problems } = await readYaml(content.toString().replace(/^\uFEFF/, ''));
  const list = new ProblemList(file, problems);
  if (root === null) return emptyReading(list, file);
  return readRoot(root, { file, folder: dirname(resolve(file)), env, problems: list });
}

function problemOfBytes(content: Buffer): PlacedProblem | null {
  const start = { line: 1, column: 1 };
  if (content.length > MAX_BYTES) {
    const size = `${String(Math.ceil(content.length / MAX_BYTES))} MiB`;
    const hint = 'split it into several files, and name each with -f';
    return { ...start, message: `the file is ${size}, but at most 1 MiB is allowed`, hint };
  }
  if (content.length === 0) {
    const hint = 'write "processes: {}" to define no programs';
    return { ...start, message: 'the file is empty, possibly because it is being rewritten', hint };
  }
  const zero = content.indexOf(0);
  if (zero === -1 && isUtf8(content)) return null;
  const message = zero === -1 ? 'this is not UTF-8 text' : 'this is not a text file: it contains a zero byte';
  return { ...start, message, hint: 'the file is ignored; save it as UTF-8 text' };
}

function emptyReading(problems: ProblemList, file: string): SourceReading {
  const nothing = { definitions: [], common: NOTHING_COMMON };
  const isComplete = problems.errors.length === 0;
  return { file, ...nothing, problems: problems.list(), isComplete, isBlank: false, isAllOrNothing: true };
}

function readRoot(root: LocatedValue, context: YamlContext): SourceReading {
  const { file, problems } = context;
  const top = mapFieldsOf(root, 'write a map with the field "processes"', problems);
  for (const [name, { key }] of top) if (!TOP_FIELDS.includes(name)) refuseTopField(name, key, problems);
  const common = readCommon(top, context);
  const definitions = readPrograms(top.get('processes')?.value, context);
  const isComplete = problems.errors.length === 0;
  return { file, definitions, common, problems: problems.list(), isComplete, isBlank: false, isAllOrNothing: true };
}

function refuseTopField(name: string, key: LocatedField['key'], problems: ProblemList): void {
  const nearest = nearestWord(name, TOP_FIELDS);
  const known = `the fields are ${TOP_FIELDS.join(', ')}; define programs under processes`;
  problems.refuse(
    key,
    `unknown field ${quoteExcerpt(name)}`,
    familiarTopHint(name) ?? (nearest === null ? known : `did you mean "${nearest}"?`),
  );
}

function readCommon(top: LocatedFields, context: YamlContext): CommonSettings {
  const healing = readPart('healing', YAML_PARTS.healing, top, context) ?? null;
  const binaries = readPart('binaries', YAML_PARTS.binaries, top, context) ?? {};
  const paths = Object.entries(binaries).map(([name, path]) => [name, pathFrom(context.folder, path)] as const);
  const defaults = top.get('defaults')?.value;
  return {
    healing,
    binaries: Object.fromEntries(paths),
    defaults: defaults === undefined || isNothing(defaults) ? null : readDefaults(defaults, context),
  };
}

function readPart<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  top: LocatedFields,
  { env, problems }: YamlContext,
): z.output<Schema> | undefined {
  const field = top.get(name);
  if (field === undefined) return undefined;
  const value = expandValues(field.value, env, problems);
  const { data, error } = schema.safeParse(plainValue(value));
  if (error === undefined) return data;
  // Described from the root, so that the message names the field: "healing is …".
  const fields = new Map([[name, { ...field, value }]]);
  const root: LocatedValue = { kind: 'map', fields, refusedKeys: [], line: 1, column: 1 };
  const issues = error.issues.map((issue) => ({ ...issue, path: [name, ...issue.path] }));
  const described = issues.flatMap((issue) => describeIssue(issue, plainValue(root), yamlFieldSchema()));
  problems.refuseIssues(described, root);
  return undefined;
}
