import type * as z from 'zod';
import { nearestWord } from '../../base/nearest-word.ts';
import { alternatives, describeShapes, type FieldSchema, knownFields, listOf, shapesAt } from './field-schema.ts';
import { familiarHint } from './familiar-fields.ts';
import { quoteExcerpt } from './quote-excerpt.ts';
import type { ValuePath } from './located-value.ts';

/** An issue of a schema, described for users. */
export interface DescribedIssue {
  readonly path: ValuePath;
  /** Whether the issue concerns the field's name or its value. */
  readonly aim: 'key' | 'value';
  readonly kind: 'unknown' | 'missing' | 'wrong';
  readonly message: string;
  readonly hint: string;
}

type Issue = z.core.$ZodIssue;
/** The number of names that a message lists. */
const MAX_LISTED = 12;

/**
 * Describes an issue of a schema: the value found, what is expected, and an example.
 * @param value the parsed value as a whole
 * @param schema the schema of that value
 */
export function describeIssue(issue: Issue, value: unknown, schema: FieldSchema): readonly DescribedIssue[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => describeUnknown([...path, key], value, schema));
    case 'invalid_union':
      return describeUnion(issue, value, schema);
    case 'invalid_key':
    case 'invalid_element':
      return [wrong(path, 'key', `${quoteExcerpt(nameOf(path))} is not allowed here`, innerMessage(issue.issues))];
    case 'invalid_type':
    case 'invalid_value':
      return [describeMismatch(path, value, schema)];
    case 'too_small':
    case 'too_big':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'custom':
      return [describeUnfit(issue, value, schema)];
  }
}

function describeUnknown(path: ValuePath, value: unknown, schema: FieldSchema): DescribedIssue {
  const known = knownFields(schema, path.slice(0, -1));
  const name = String(path.at(-1));
  const nearest = nearestWord(name, known);
  const listed = known.length > MAX_LISTED ? `${known.slice(0, MAX_LISTED).join(', ')} and others` : known.join(', ');
  const parent = path.length < 2 ? null : String(path.at(-2));
  // A known name of another program manager says more than a similar name: autorestart is not autostart.
  const familiar = familiarHint(name, parent, scalarYaml(valueAt(value, path)));
  const hint = familiar ?? (nearest === null ? `the fields are ${listed}` : `did you mean "${nearest}"?`);
  return { path, aim: 'key', kind: 'unknown', message: `unknown field ${quoteExcerpt(name)}${within(path)}`, hint };
}

function within(path: ValuePath): string {
  return path.length < 2 ? '' : ` in ${nameOf(path.slice(0, -1))}`;
}

/** Describes the issues of the alternative that was probably meant: the one whose outermost type matches. */
function describeUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  value: unknown,
  schema: FieldSchema,
): readonly DescribedIssue[] {
  const { path } = issue;
  const prefixed = issue.errors.map((errors) => errors.map((error) => ({ ...error, path: [...path, ...error.path] })));
  const meant = prefixed.find((errors) => errors.every((error) => error.path.length > path.length || isUnfit(error)));
  if (meant === undefined || meant.length === 0) return [describeMismatch(path, value, schema)];
  return meant.flatMap((error) => describeIssue(error, value, schema));
}

function isUnfit({ code }: Issue): boolean {
  return code !== 'invalid_type' && code !== 'invalid_value' && code !== 'invalid_union';
}

function describeMismatch(path: ValuePath, value: unknown, schema: FieldSchema): DescribedIssue {
  const found = valueAt(value, path);
  const name = nameOf(path);
  if (found === undefined) {
    return { path, aim: 'key', kind: 'missing', message: `${name} is missing`, hint: exampleOf(path, schema) };
  }
  const shapes = shapesAt(schema, path);
  const choices = shapes.flatMap(alternatives).flatMap((shape) => shape.enum ?? shape.const ?? []);
  const expected = choices.length > MAX_LISTED ? 'one of the allowed words' : describeShapes(shapes);
  const isMisspelt = typeof found === 'string' && choices.length > 0;
  const nearest = isMisspelt ? similarWord(found, choices.map(String)) : null;
  const hint = nearest === null ? formOf(path, found, schema) : `did you mean "${nearest}"?`;
  return wrong(path, 'value', `${name} is ${describeFound(found)}, but has to be ${expected}`, hint);
}

/** Returns the word that was probably meant: a misspelt one, or one that was cut, such as crash of crashed. */
function similarWord(word: string, words: readonly string[]): string | null {
  const whole = word.length < 3 ? undefined : words.find((each) => each.startsWith(word.toLowerCase()));
  return nearestWord(word, words) ?? whole ?? null;
}

/** Returns the form in which a value is written: for the name of a field where its map belongs, the map with this field. */
function formOf(path: ValuePath, found: unknown, schema: FieldSchema): string {
  const field = path.findLast((part) => typeof part === 'string') ?? '';
  const fields = knownFields(schema, path);
  if (typeof found !== 'string' || !fields.includes(found)) return exampleOf(path, schema);
  const [shape] = shapesAt(schema, [...path, found]).flatMap(alternatives);
  const example = shape?.const ?? shape?.examples?.[0];
  return example === undefined ? exampleOf(path, schema) : `write ${field}: { ${found}: ${flowYaml(example)} }`;
}

/** Describes a value that has the right type, but is too large, too small or malformed. */
function describeUnfit(issue: Issue, value: unknown, schema: FieldSchema): DescribedIssue {
  const { path } = issue;
  const found = valueAt(value, path);
  const isShort = typeof found !== 'object' || found === null;
  const message = isShort ? `${nameOf(path)} cannot be ${describeFound(found)}` : `${nameOf(path)} is invalid`;
  const bound = boundOf(issue);
  return wrong(
    path,
    'value',
    bound === null ? `${message}: ${issue.message}` : `${message}: ${bound}`,
    exampleOf(path, schema),
  );
}

function boundOf(issue: Issue): string | null {
  if (issue.code === 'too_small') {
    const least = String(issue.minimum);
    if (issue.origin === 'string')
      return Number(least) === 1 ? 'it is empty' : `it has to contain at least ${least} characters`;
    if (issue.origin === 'array')
      return `it has to contain at least ${least} ${Number(least) === 1 ? 'entry' : 'entries'}`;
    return issue.inclusive === false ? `it has to be above ${least}` : `it has to be at least ${least}`;
  }
  if (issue.code !== 'too_big') return null;
  const most = String(issue.maximum);
  return issue.origin === 'string' ? `it contains more than ${most} characters` : `it has to be at most ${most}`;
}

/** Returns a hint such as `for example: memoryMb: 512`. */
function exampleOf(path: ValuePath, schema: FieldSchema): string {
  const [shape] = shapesAt(schema, path);
  const among = shape === undefined ? [] : [shape, ...alternatives(shape)];
  const example = among.flatMap(({ examples = [], default: byDefault, enum: choices = [], const: only }) => [
    ...examples,
    ...(byDefault === undefined || byDefault === null || isEmpty(byDefault) ? [] : [byDefault]),
    ...choices,
    ...(only === undefined ? [] : [only]),
  ])[0];
  const field = path.findLast((part) => typeof part === 'string') ?? '';
  if (example === undefined) return withoutExample(knownFields(schema, path), among);
  const isItem = typeof path.at(-1) === 'number';
  return `for example: ${isItem ? '- ' : `${field}: `}${flowYaml(example)}`;
}

function withoutExample(fields: readonly string[], shapes: readonly FieldSchema[]): string {
  const map = fields.length === 0 ? 'a map' : `a map of ${listOf(fields.slice(0, MAX_LISTED), 'and')}`;
  const words = describeShapes(shapes.slice(0, 1)).replace(/\ba map$/, map);
  if (words !== '') return `write ${words}`;
  return fields.length === 0 ? 'see docs/configuration.md' : `write ${map}`;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function scalarYaml(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value.length <= 60 ? flowYaml(value) : null;
}

/** Text that YAML reads as text without quotes, including quantities such as 500M. */
const PLAIN_TEXT = /^(?:[A-Za-z./][A-Za-z0-9 ._/:@-]*|\d+(?:\.\d+)?[A-Za-z]+)$/;

/** Returns a value as YAML on one line, in the style that a person would use. */
export function flowYaml(value: unknown): string {
  if (typeof value === 'string') return PLAIN_TEXT.test(value) && !value.includes(': ') ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${flowYaml(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function describeFound(value: unknown): string {
  if (value === null) return 'empty';
  if (typeof value === 'string') return `the text ${quoteExcerpt(value)}`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'a map';
}

function nameOf(path: ValuePath): string {
  const names = path.map((part, index) => {
    if (typeof part === 'number') return index === 0 ? `entry ${String(part + 1)}` : `[${String(part)}]`;
    return index === 0 ? String(part) : `.${String(part)}`;
  });
  const whole = names.join('');
  return whole === '' ? 'this' : whole.length <= 80 ? whole : String(path.at(-1));
}

function valueAt(value: unknown, path: ValuePath): unknown {
  return path.reduce<unknown>((at, part) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    return Reflect.get(at, part);
  }, value);
}

function wrong(path: ValuePath, aim: 'key' | 'value', message: string, hint: string): DescribedIssue {
  return { path, aim, kind: 'wrong', message, hint };
}

function innerMessage(issues: readonly Issue[]): string {
  return issues[0]?.message ?? listOf([], 'or');
}
