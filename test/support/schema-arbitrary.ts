import fc from 'fast-check';

type Schema = Readonly<Record<string, unknown>>;

/** Values that break code more often than random ones. */
const ODD: readonly unknown[] = [
  ...[
    '',
    ' ',
    '\0',
    '../..',
    '/',
    '*',
    '**',
    '__proto__',
    'constructor',
    'all',
    '@all',
    '😀'.repeat(20),
    'a'.repeat(5_000),
    '\u202e',
    '%00',
  ],
  ...[-1, 0, 1, 0.5, 1e308, -0, 2 ** 31, 2 ** 53, Number.MAX_SAFE_INTEGER, null, true, false],
  ...[[], {}, [[]], [null], { a: 1 }, { __proto__: 1 }, JSON.parse('{"__proto__": 1}'), { toString: 1 }, { then: 1 }],
];

/**
 * Returns an arbitrary of values that mostly fit a JSON Schema, with some that do not: properties that are left out, added or
 * odd. Understands the part of JSON Schema that healer's OpenAPI document uses.
 */
export function arbitraryOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const fitting = fittingOf(schema, depth);
  return fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 1, arbitrary: fc.constantFrom(...ODD) });
}

function fittingOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const { type, anyOf, oneOf, allOf, const: constant, enum: values, examples } = schema;
  if (constant !== undefined) return fc.constant(constant);
  if (Array.isArray(values)) return fc.constantFrom<unknown>(...(values as unknown[]));
  const alternatives = [anyOf, oneOf, allOf].find(Array.isArray) as readonly Schema[] | undefined;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map((each) => arbitraryOf(each, depth + 1)));
  const base = ofType(schema, Array.isArray(type) ? type[0] : type, depth);
  return Array.isArray(examples) ? fc.oneof(base, fc.constantFrom<unknown>(...(examples as unknown[]))) : base;
}

function ofType(schema: Schema, type: unknown, depth: number): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return fc.oneof(fc.string(), fc.constantFrom('victim', 'own', 'sleep', '/usr/bin/sleep', 'SIGTERM', '1', 'x'));
    case 'integer':
    case 'number':
      return fc.oneof(
        fc.integer({
          min: Number(schema['minimum'] ?? -5),
          max: Math.min(Number(schema['maximum'] ?? 1000), 2 ** 31 - 1),
        }),
        fc.double(),
      );
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(arbitraryOf((schema['items'] as Schema | undefined) ?? {}, depth + 1), { maxLength: 4 });
    case 'object':
      return ofObject(schema, depth);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function ofObject(
  { properties = {}, required = [], additionalProperties }: Schema,
  depth: number,
): fc.Arbitrary<unknown> {
  const shapes = Object.entries(properties as Record<string, Schema>);
  if (shapes.length === 0) {
    const values =
      typeof additionalProperties === 'object'
        ? arbitraryOf(additionalProperties as Schema, depth + 1)
        : fc.jsonValue();
    return fc.dictionary(fc.constantFrom('A', 'PATH', 'LD_PRELOAD', '__proto__', 'x-y', 'nofile'), values, {
      maxKeys: 3,
    });
  }
  if (depth > 6) return fc.constant({});
  const record = fc.record(Object.fromEntries(shapes.map(([name, shape]) => [name, arbitraryOf(shape, depth + 1)])), {
    requiredKeys: [],
  });
  // Few optional properties at a time: otherwise one odd value spoils nearly every object.
  return fc
    .tuple(record, fc.uniqueArray(fc.constantFrom(...shapes.map(([name]) => name)), { maxLength: 4 }), fc.boolean())
    .map(([whole, chosen, complete]) => {
      const names = [...chosen, ...(complete ? (required as readonly string[]) : [])];
      return Object.fromEntries(Object.entries(whole).filter(([name]) => names.includes(name)));
    });
}
