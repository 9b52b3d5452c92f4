import type { Environment } from '../../base/environment.ts';
import { definedIdSchema } from '../../protocol/process-id-schema.ts';
import { splitWords } from '../../base/split-words.ts';
import { type DescribedIssue, describeIssue, flowYaml } from '../reading/describe-issue.ts';
import { programFieldSchema } from '../reading/program-issues.ts';
import { YAML_PARTS } from './healer-yaml-schema.ts';
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

/** What is needed to read a part of a healer.yaml. */
export interface YamlContext {
  readonly file: string;
  readonly folder: string;
  readonly env: Environment;
  readonly problems: ProblemList;
}

/** A program as written in the file. */
interface Entry {
  readonly id: string;
  readonly key: Place;
  readonly value: LocatedValue;
  /** Where the next program begins, valid or not. */
  readonly next: Place | null;
  /** Whether the file defines this id again. Neither definition is used, because either may be the one that is meant. */
  readonly isDuplicate: boolean;
}

/** Returns the fields of a map. A missing value has none; any other value is a problem. */
export function mapFieldsOf(
  value: LocatedValue,
  hint: string,
  problems: ProblemList,
): ReadonlyMap<string, LocatedField> {
  if (value.kind === 'map') return value.fields;
  const found = value.kind === 'list' ? 'a list' : 'a single value';
  if (!isNothing(value)) problems.refuse(value, `this is ${found}, but has to be a map`, hint);
  return new Map();
}

/** Reads the defaults of all programs. Invalid fields are left out, because otherwise every program would be invalid. */
export function readDefaults(located: LocatedValue, context: YamlContext): Layer {
  const value = keepTexts(expandValues(located, context.env, context.problems));
  const plain = plainValue(value);
  const bad = new Set(issuesOf(value, plain, context.problems).map(({ path }) => path[0]));
  const fields = Object.entries(fieldsOf(plain, context.folder)).filter(([name]) => !bad.has(name));
  return layerOf(value, Object.fromEntries(fields), context);
}

/** Reads the programs under `processes`: a map by id, or a list of programs with an `id`. */
export function readPrograms(located: LocatedValue | undefined, context: YamlContext): readonly Definition[] {
  if (located === undefined || isNothing(located)) return [];
  const entries = located.kind === 'list' ? entriesOfList(located.items, context) : entriesOfMap(located, context);
  return entries.map((entry) => readProgram(entry, context));
}

function entriesOfMap(located: LocatedValue, { problems }: YamlContext): readonly Entry[] {
  const hint = 'for example: processes: { web: { command: node, args: [server.mjs] } }';
  const fields = [...mapFieldsOf(located, hint, problems)];
  const refusedKeys = located.kind === 'map' ? located.refusedKeys : [];
  const keys = [...fields.map(([, { key }]) => key), ...refusedKeys].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  const nextOf = new Map(keys.map((key, index) => [key, keys[index + 1] ?? null]));
  const duplicates = new Set(refusedKeys.map((key) => key.duplicates));
  return fields.flatMap(([id, { key, value }]) => {
    const { error } = definedIdSchema.safeParse(id);
    if (error === undefined)
      return [{ id, key, value, next: nextOf.get(key) ?? null, isDuplicate: duplicates.has(id) }];
    problems.refuse(key, `${quoteExcerpt(id)} is not a valid id`, error.issues[0]?.message ?? '');
    return [];
  });
}

function entriesOfList(items: readonly LocatedValue[], { problems }: YamlContext): readonly Entry[] {
  const seen = new Map<string, Place>();
  const duplicates = new Set<string>();
  const entries = items.flatMap((item, index) => {
    const fields = mapFieldsOf(item, 'for example: - { id: web, command: node }', problems);
    if (item.kind !== 'map') return [];
    const id = idOf(fields.get('id')?.value, item, problems);
    if (id === null) return [];
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, item);
      const rest = new Map([...fields].filter(([name]) => name !== 'id'));
      return [{ id, key: item, value: { ...item, fields: rest }, next: items[index + 1] ?? null }];
    }
    duplicates.add(id);
    const message = `duplicate id ${quoteExcerpt(id)}, first used in line ${String(first.line)}`;
    problems.refuse(item, message, 'change one of the ids, or remove one of the programs');
    return [];
  });
  return entries.map((entry) => ({ ...entry, isDuplicate: duplicates.has(entry.id) }));
}

function idOf(located: LocatedValue | undefined, item: Place, problems: ProblemList): string | null {
  if (located === undefined) {
    problems.refuse(item, 'the id is missing', 'for example: - id: web');
    return null;
  }
  const { data, error } = definedIdSchema.safeParse(plainValue(keepTexts(located, true)));
  if (error !== undefined) problems.refuse(located, 'this is not a valid id', error.issues[0]?.message ?? '');
  return data ?? null;
}

function readProgram({ id, key, value: written, next, isDuplicate }: Entry, context: YamlContext): Definition {
  const { file, folder, env, problems } = context;
  const hasSyntaxErrors = problems.errors.some(
    (place) => !isBefore(place, key) && (next === null || isBefore(place, next)),
  );
  const before = problems.errors.length;
  const empty: LocatedValue = { kind: 'map', fields: new Map(), refusedKeys: [], line: key.line, column: key.column };
  const value = isNothing(written) ? empty : keepTexts(expandValues(written, env, problems));
  const plain = plainValue(value);
  issuesOf(value, plain, problems);
  const isValid = !isDuplicate && !hasSyntaxErrors && problems.errors.length === before;
  const layer = layerOf(value, fieldsOf(plain, folder), context);
  if (isValid) warnOfCommandLine(layer.fields, value, problems);
  return {
    id,
    origin: `${file}:${String(key.line)}`,
    implied: { cwd: folder },
    isOverride: false,
    isValid,
    ...layer,
    placeAt: (path, aim) => (layer.depthOf(path) === 0 ? key : layer.placeAt(path, aim)),
  };
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

/** Adds problems for invalid fields. Missing fields are not problems yet, because another source may define them. */
function issuesOf(located: LocatedValue, plain: unknown, problems: ProblemList): readonly DescribedIssue[] {
  if (isFlawless(plain)) return [];
  const { error } = YAML_PARTS.program.safeParse(plain);
  const described = (error?.issues ?? []).flatMap((issue) => describeIssue(issue, plain, programFieldSchema()));
  const issues = described.filter(({ kind }) => kind !== 'missing');
  problems.refuseIssues(issues, located);
  return issues;
}

/**
 * Returns whether each field is valid by itself, which is all that the schema of a definition asks for. Validating the whole
 * definition takes several times as long, because it visits all the fields that are not set.
 */
function isFlawless(plain: unknown): boolean {
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return false;
  const { shape } = YAML_PARTS.program;
  return Object.entries(plain).every(
    ([name, value]) => Object.hasOwn(shape, name) && shape[name as keyof typeof shape].safeParse(value).success,
  );
}

/** Warns about a whole command line in `command`, the most common mistake of shell users. */
function warnOfCommandLine({ command, args, shell }: Fields, root: LocatedValue, problems: ProblemList): void {
  if (typeof command !== 'string' || args !== undefined || shell === true) return;
  const split = splitWords(command);
  const [program = '', ...words] = split.words.map(({ text }) => text);
  if (split.problem !== null || words.length === 0 || program.includes('/')) return;
  problems.warn(
    placeAt(root, ['command']),
    `${quoteExcerpt(command)} is used as the name of a single executable`,
    `write command: ${program} and args: ${flowYaml(words)}, or shell: true`,
  );
}

function fieldsOf(plain: unknown, folder: string): Fields {
  const isMap = typeof plain === 'object' && plain !== null && !Array.isArray(plain);
  return isMap ? resolveProgramPaths({ ...plain }, folder) : {};
}

function layerOf(root: LocatedValue, fields: Fields, { file }: YamlContext): Layer {
  return {
    fields,
    file,
    placeAt: (path, aim) => placeAt(root, path, aim),
    depthOf: (path) => depthOf(root, path),
  };
}
