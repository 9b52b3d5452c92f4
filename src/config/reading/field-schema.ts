import * as z from 'zod';
import type { ValuePath } from './located-value.ts';

/** The part of JSON Schema that our schemas come to. */
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

/** What may be written, as data: errors, docs and editors read the same. */
export function fieldSchemaOf(schema: z.ZodType): FieldSchema {
  // Our schemas use no more of JSON Schema than this; one that did would show in the generated files.
  return z.toJSONSchema(schema, { io: 'input', override: keepExamples }) as FieldSchema;
}

/** Zod leaves them out where what is read differs from what is written; ours are of what is written. */
function keepExamples({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodType;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  const { examples } = z.globalRegistry.get(zodSchema) ?? {};
  if (Array.isArray(examples)) jsonSchema.examples = examples;
}

/** The shapes that the value at a path may have; none where nothing is known there. */
export function shapesAt(root: FieldSchema, path: ValuePath): readonly FieldSchema[] {
  return path.reduce<readonly FieldSchema[]>(
    (shapes, part) => shapes.flatMap(alternatives).flatMap((shape) => childOf(shape, part)),
    [root],
  );
}

/** The shapes of a union, each on its own. */
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

/** The names that may stand in the map at a path. */
export function knownFields(root: FieldSchema, path: ValuePath): readonly string[] {
  const shapes = shapesAt(root, path).flatMap(alternatives);
  return [...new Set(shapes.flatMap((shape) => [...Object.keys(shape.properties ?? {}), ...namesOf(shape)]))];
}

function namesOf({ propertyNames }: FieldSchema): readonly string[] {
  return (propertyNames?.enum ?? []).map(String);
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'null',
};

/** "a number or null": what may stand at a place. */
export function describeShapes(shapes: readonly FieldSchema[]): string {
  const words = shapes.flatMap(alternatives).flatMap((shape) => {
    const values = shape.enum ?? (shape.const === undefined ? [] : [shape.const]);
    if (values.length > 0) return values.map((value) => JSON.stringify(value));
    return [shape.type ?? []].flat().map((type) => NOUNS[type] ?? type);
  });
  return listOf([...new Set(words)], 'or');
}

/** "a, b or c" */
export function listOf(words: readonly string[], joint: 'or' | 'and'): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${joint} ${last}`;
}
