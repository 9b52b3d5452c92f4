import { isUtf8 } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import type * as z from 'zod';
import type { Environment } from '../../base/environment.ts';
import { nearestWord } from '../../base/nearest-word.ts';
import { describeIssue } from '../reading/describe-issue.ts';
import { healerYamlSchema, YAML_PARTS, yamlFieldSchema } from './healer-yaml-schema.ts';
import { ProblemList } from './problem-list.ts';
import { pathFrom } from './program-paths.ts';
import { quoteExcerpt } from '../reading/quote-excerpt.ts';
import { type CommonSettings, NOTHING_COMMON, type SourceReading } from '../reading/source-reading.ts';
import { expandValues } from './expand-values.ts';
import { isNothing, type LocatedField, type LocatedValue, plainValue } from '../reading/located-value.ts';
import type { PlacedProblem } from './parse-yaml.ts';
import { fieldsOf, readDefaults, readPrograms, type YamlContext } from './yaml-programs.ts';

type Fields = ReadonlyMap<string, LocatedField>;

/** Thousands of programs fit. The engine reads while programs run, and its memory is what each start costs. */
const MAX_BYTES = 2 ** 20;
const TOP_FIELDS = Object.keys(healerYamlSchema.shape);

/**
 * Reads a healer.yaml (SPEC section 3): every problem with its place, and all that can be used in spite of them.
 * @param file as it was given; relative paths start in its folder
 * @param env where `${NAME}` is looked up
 */
export async function readHealerYaml(content: Buffer, file: string, env: Environment): Promise<SourceReading> {
  const unreadable = problemOfBytes(content);
  if (unreadable !== null) return emptyReading(new ProblemList(file, [unreadable]), file);
  // The parser is loaded only where there is something for it: it costs memory, and memory costs at each start.
  const { readYaml } = await import('./read-yaml.ts');
  const { root, problems } = await readYaml(content.toString().replace(/^\uFEFF/, ''));
  const list = new ProblemList(file, problems);
  if (root === null) return emptyReading(list, file);
  return readRoot(root, { file, folder: dirname(resolve(file)), env, problems: list });
}

function problemOfBytes(content: Buffer): PlacedProblem | null {
  const start = { line: 1, column: 1 };
  if (content.length > MAX_BYTES) {
    const size = `${String(Math.ceil(content.length / MAX_BYTES))} MiB`;
    const hint = 'split it into several, and name each with -f';
    return { ...start, message: `this file of ${size} is too large to be a configuration`, hint };
  }
  if (content.length === 0) {
    const hint = 'write "processes: {}" to say that there are no programs';
    return { ...start, message: 'this file is empty, as one is while it is being written', hint };
  }
  const zero = content.indexOf(0);
  if (zero === -1 && isUtf8(content)) return null;
  const message = zero === -1 ? 'this is not text in UTF-8' : 'this is not a text file: it holds a zero byte';
  return { ...start, message, hint: 'nothing of it was read; save it as UTF-8 text' };
}

function emptyReading(problems: ProblemList, file: string): SourceReading {
  const nothing = { definitions: [], common: NOTHING_COMMON };
  const isComplete = problems.errors.length === 0;
  return { file, ...nothing, problems: problems.list(), isComplete, isBlank: false, isAllOrNothing: true };
}

function readRoot(root: LocatedValue, context: YamlContext): SourceReading {
  const { file, problems } = context;
  const top = fieldsOf(root, 'a healer.yaml is a map with the field "processes"', problems);
  for (const [name, { key }] of top) if (!TOP_FIELDS.includes(name)) refuseTopField(name, key, problems);
  const common = readCommon(top, context);
  const definitions = readPrograms(top.get('processes')?.value, context);
  const isComplete = problems.errors.length === 0;
  return { file, definitions, common, problems: problems.list(), isComplete, isBlank: false, isAllOrNothing: true };
}

function refuseTopField(name: string, key: LocatedField['key'], problems: ProblemList): void {
  const nearest = nearestWord(name, TOP_FIELDS);
  const known = `there are ${TOP_FIELDS.join(', ')}; programs stand under processes`;
  problems.refuse(key, `unknown field ${quoteExcerpt(name)}`, nearest === null ? known : `did you mean "${nearest}"?`);
}

function readCommon(top: Fields, context: YamlContext): CommonSettings {
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
  top: Fields,
  { env, problems }: YamlContext,
): z.output<Schema> | undefined {
  const field = top.get(name);
  if (field === undefined) return undefined;
  const value = expandValues(field.value, env, problems);
  const { data, error } = schema.safeParse(plainValue(value));
  if (error === undefined) return data;
  // Seen from the top, a problem is named with the field: "healing is …".
  const fields = new Map([[name, { ...field, value }]]);
  const root: LocatedValue = { kind: 'map', fields, refusedKeys: [], line: 1, column: 1 };
  const issues = error.issues.map((issue) => ({ ...issue, path: [name, ...issue.path] }));
  const described = issues.flatMap((issue) => describeIssue(issue, plainValue(root), yamlFieldSchema()));
  problems.refuseIssues(described, root);
  return undefined;
}
