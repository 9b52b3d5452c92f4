import * as z from 'zod';
import type { ValuePath } from './located-value.ts';

/** The subset of JSON Schema that our schemas use. */
export interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly additionalProperties?: boolean | FieldSchema;
  readonly propertyNames?: FieldSchema;
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  readonly oneOf?: readonly FieldSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/**
 * Returns the fields that users may write, as data for error messages, docs and editors.
 *
 * @param unrepresentable whether a part that JSON Schema cannot describe is an error, or may have any value
 */
export function fieldSchemaOf(schema: z.ZodType, unrepresentable: 'throw' | 'any' = 'throw'): FieldSchema {
  // Our schemas use only this subset; anything else would show up in the generated files.
  return z.toJSONSchema(schema, { io: 'input', unrepresentable, override: keepExamplesAndDefault }) as FieldSchema;
}

/** Zod omits examples and defaults when the input differs from the output; ours are valid as input. */
function keepExamplesAndDefault({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodType;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  const { examples } = z.globalRegistry.get(zodSchema) ?? {};
  if (Array.isArray(examples)) jsonSchema.examples = examples;
  if (zodSchema instanceof z.ZodDefault) jsonSchema.default = shortDefault(zodSchema.def.defaultValue);
}

/** Returns a default; an empty map in place of one with fields, each of which states its own default. */
function shortDefault(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? {} : value;
}

/** Returns the schemas that the value at a path may match; none for an unknown path. */
export function shapesAt(root: FieldSchema, path: ValuePath): readonly FieldSchema[] {
  return path.reduce<readonly FieldSchema[]>(
    (shapes, part) => shapes.flatMap(alternatives).flatMap((shape) => childOf(shape, part)),
    [root],
  );
}

/** Returns the members of a union, including those of nested unions. */
export function alternatives(shape: FieldSchema): readonly FieldSchema[] {
  const among = shape.anyOf ?? shape.oneOf;
  return among === undefined ? [shape] : among.flatMap(alternatives);
}

function childOf(shape: FieldSchema, part: PropertyKey): readonly FieldSchema[] {
  if (typeof part === 'number') return shape.items === undefined ? [] : [shape.items];
  const { properties = {}, additionalProperties } = shape;
  const name = String(part);
  const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
  return typeof known === 'object' ? [known] : [];
}

/** Returns the field names that are allowed in the map at a path. */
export function knownFields(root: FieldSchema, path: ValuePath): readonly string[] {
  const shapes = shapesAt(root, path).flatMap(alternatives);
  return [...new Set(shapes.flatMap((shape) => [...Object.keys(shape.properties ?? {}), ...namesOf(shape)]))];
}

function namesOf({ propertyNames }: FieldSchema): readonly string[] {
  return (propertyNames?.enum ?? []).map(String);
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'null',
};

/** Describes the allowed types and values, such as "a number or null". */
export function describeShapes(shapes: readonly FieldSchema[]): string {
  const words = shapes.flatMap(alternatives).flatMap((shape) => {
    const values = shape.enum ?? (shape.const === undefined ? [] : [shape.const]);
    if (values.length > 0) return values.map((value) => JSON.stringify(value));
    return [shape.type ?? []].flat().map((type) => NOUNS[type] ?? type);
  });
  return listOf([...new Set(words)], 'or');
}

/** Joins words: "a, b or c". */
export function listOf(words: readonly string[], joint: 'or' | 'and'): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${joint} ${last}`;
}
