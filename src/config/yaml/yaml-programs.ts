import type { Environment } from '../../base/environment.ts';
import { processIdSchema } from '../../protocol/process-id-schema.ts';
import { type DescribedIssue, describeIssue } from '../reading/describe-issue.ts';
import { programFieldSchema, YAML_PARTS } from './healer-yaml-schema.ts';
import type { ProblemList } from './problem-list.ts';
import { resolveProgramPaths } from './program-paths.ts';
import { quoteExcerpt } from '../reading/quote-excerpt.ts';
import type { Definition, Fields, Layer } from '../reading/source-reading.ts';
import { expandValues } from './expand-values.ts';
import { keepTexts } from './keep-texts.ts';
import {
  depthOf,
  isNothing,
  type LocatedField,
  type LocatedValue,
  type Place,
  placeAt,
  plainValue,
} from '../reading/located-value.ts';

/** What reading a part of a healer.yaml needs of the whole. */
export interface YamlContext {
  readonly file: string;
  readonly folder: string;
  readonly env: Environment;
  readonly problems: ProblemList;
}

/** A program as it stands in the file. */
interface Entry {
  readonly id: string;
  readonly key: Place;
  readonly value: LocatedValue;
  /** Where the next program begins, whether or not it can be used. */
  readonly next: Place | null;
}

/** Gives the fields of a map; anything else but nothing is a problem. */
export function fieldsOf(value: LocatedValue, hint: string, problems: ProblemList): ReadonlyMap<string, LocatedField> {
  if (value.kind === 'map') return value.fields;
  const found = value.kind === 'list' ? 'a list' : 'a single value';
  if (!isNothing(value)) problems.refuse(value, `${found} stands here, but it has to be a map`, hint);
  return new Map();
}

/** What holds for all programs. What is wrong in it is left out, since all programs would be lost with it. */
export function readDefaults(located: LocatedValue, context: YamlContext): Layer {
  const value = keepTexts(expandValues(located, context.env, context.problems));
  const bad = new Set(issuesOf(value, context.problems).map(({ path }) => path[0]));
  const fields = Object.entries(plainFields(value, context.folder)).filter(([name]) => !bad.has(name));
  return layerOf(value, Object.fromEntries(fields), context);
}

/** What is said of each program, under `processes`: a map by id, or a list in which each has its id. */
export function readPrograms(located: LocatedValue | undefined, context: YamlContext): readonly Definition[] {
  if (located === undefined || isNothing(located)) return [];
  const entries = located.kind === 'list' ? entriesOfList(located.items, context) : entriesOfMap(located, context);
  return entries.map((entry) => readProgram(entry, context));
}

function entriesOfMap(located: LocatedValue, { problems }: YamlContext): readonly Entry[] {
  const hint = 'for example: processes: { web: { command: node, args: [server.mjs] } }';
  const fields = [...fieldsOf(located, hint, problems)];
  const refusedKeys = located.kind === 'map' ? located.refusedKeys : [];
  const keys = [...fields.map(([, { key }]) => key), ...refusedKeys].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  const nextOf = new Map(keys.map((key, index) => [key, keys[index + 1] ?? null]));
  return fields.flatMap(([id, { key, value }]) => {
    const { error } = processIdSchema.safeParse(id);
    if (error === undefined) return [{ id, key, value, next: nextOf.get(key) ?? null }];
    problems.refuse(key, `cannot use ${quoteExcerpt(id)} as an id`, error.issues[0]?.message ?? '');
    return [];
  });
}

function entriesOfList(items: readonly LocatedValue[], { problems }: YamlContext): readonly Entry[] {
  const seen = new Map<string, Place>();
  return items.flatMap((item, index) => {
    const fields = fieldsOf(item, 'for example: - { id: web, command: node }', problems);
    if (item.kind !== 'map') return [];
    const id = idOf(fields.get('id')?.value, item, problems);
    if (id === null) return [];
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, item);
      const rest = new Map([...fields].filter(([name]) => name !== 'id'));
      return [{ id, key: item, value: { ...item, fields: rest }, next: items[index + 1] ?? null }];
    }
    const message = `${quoteExcerpt(id)} stands here twice, first in line ${String(first.line)}`;
    problems.refuse(item, message, 'give one of them another id, or remove one');
    return [];
  });
}

function idOf(located: LocatedValue | undefined, item: Place, problems: ProblemList): string | null {
  if (located === undefined) {
    problems.refuse(item, 'there is no id', 'for example: - id: web');
    return null;
  }
  const { data, error } = processIdSchema.safeParse(plainValue(keepTexts(located, true)));
  if (error !== undefined) problems.refuse(located, 'this cannot be an id', error.issues[0]?.message ?? '');
  return data ?? null;
}

function readProgram({ id, key, value: written, next }: Entry, context: YamlContext): Definition {
  const { file, folder, env, problems } = context;
  const isSpoilt = problems.errors.some((place) => !isBefore(place, key) && (next === null || isBefore(place, next)));
  const before = problems.errors.length;
  const empty: LocatedValue = { kind: 'map', fields: new Map(), refusedKeys: [], line: key.line, column: key.column };
  const value = isNothing(written) ? empty : keepTexts(expandValues(written, env, problems));
  issuesOf(value, problems);
  const isValid = !isSpoilt && problems.errors.length === before;
  const layer = layerOf(value, plainFields(value, folder), context);
  if (isValid) warnOfCommandLine(layer.fields, value, problems);
  return {
    ...layer,
    id,
    placeAt: (path, aim) => (layer.depthOf(path) === 0 ? key : layer.placeAt(path, aim)),
    origin: `${file}:${String(key.line)}`,
    implied: { cwd: folder },
    isOverride: false,
    isValid,
  };
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

/** Tells what does not fit. A part that is missing may stand in another source: only all together tell. */
function issuesOf(located: LocatedValue, problems: ProblemList): readonly DescribedIssue[] {
  const value = plainValue(located);
  const { error } = YAML_PARTS.program.safeParse(value);
  const described = (error?.issues ?? []).flatMap((issue) => describeIssue(issue, value, programFieldSchema()));
  const issues = described.filter(({ kind }) => kind !== 'missing');
  problems.refuseIssues(issues, located);
  return issues;
}

/** The most common slip of those who come from a shell. */
function warnOfCommandLine({ command, args, shell }: Fields, root: LocatedValue, problems: ProblemList): void {
  if (typeof command !== 'string' || args !== undefined || shell === true) return;
  const [program = '', ...words] = command.trim().split(/\s+/);
  if (words.length === 0 || program.includes('/')) return;
  problems.warn(
    placeAt(root, ['command']),
    `${quoteExcerpt(command)} is looked up as the name of one executable`,
    `write command: ${program} and args: [${words.join(', ')}], or shell: true`,
  );
}

function plainFields(value: LocatedValue, folder: string): Fields {
  if (value.kind !== 'map') return {};
  const fields = [...value.fields].map(([name, field]) => [name, plainValue(field.value)] as const);
  return resolveProgramPaths(Object.fromEntries(fields), folder);
}

function layerOf(root: LocatedValue, fields: Fields, { file }: YamlContext): Layer {
  return {
    fields,
    file,
    placeAt: (path, aim) => placeAt(root, path, aim),
    depthOf: (path) => depthOf(root, path),
  };
}
