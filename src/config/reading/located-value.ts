/** A place in a file. Lines and columns are counted from 1, columns in characters. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The place of a field that was ignored. */
export interface RefusedKey extends Place {
  /** The name, if an earlier field has it. */
  readonly duplicates?: string;
}

/** A value as written in a file, with the place of each of its parts. */
export type LocatedValue = Place &
  (
    | {
        readonly kind: 'scalar';
        readonly value: string | number | boolean | null;
        /** The text in the file. */
        readonly source: string;
        /** Whether it was written without quotes. */
        readonly isPlain: boolean;
      }
    | { readonly kind: 'list'; readonly items: readonly LocatedValue[] }
    | {
        readonly kind: 'map';
        readonly fields: ReadonlyMap<string, LocatedField>;
        /** The places of fields that were ignored: duplicates, and those whose key is not text. */
        readonly refusedKeys: readonly RefusedKey[];
      }
  );

export type LocatedMap = Extract<LocatedValue, { kind: 'map' }>;

export interface LocatedField {
  readonly key: Place;
  readonly value: LocatedValue;
}

/** A path to a value, as in the issues of a schema. */
export type ValuePath = readonly PropertyKey[];

/** Returns whether a value is missing, as after a field's colon, or null. */
export function isNothing(value: LocatedValue): boolean {
  return value.kind === 'scalar' && value.value === null;
}

/** Returns the value without places. Maps have no prototype, because a field may be called "__proto__". */
export function plainValue(located: LocatedValue): unknown {
  switch (located.kind) {
    case 'scalar':
      return located.value;
    case 'list':
      return located.items.map(plainValue);
    case 'map': {
      const fields = Object.create(null) as Record<string, unknown>;
      for (const [name, { value }] of located.fields) fields[name] = plainValue(value);
      return fields;
    }
  }
}

/**
 * Returns a list or a map with other parts; the value itself if no part differs, so that reading a large file copies little.
 * @param change returns a part, or what replaces it; `name` is the field, null in a list
 */
export function mapParts<Value extends LocatedValue>(
  value: Value,
  change: (part: LocatedValue, name: string | null) => LocatedValue,
): Value {
  if (value.kind === 'list') {
    const items = value.items.map((item) => change(item, null));
    return items.every((item, index) => item === value.items[index]) ? value : { ...value, items };
  }
  if (value.kind !== 'map') return value;
  const changed = new Map<string, LocatedField>();
  for (const [name, field] of value.fields) {
    const part = change(field.value, name);
    if (part !== field.value) changed.set(name, { ...field, value: part });
  }
  return changed.size === 0 ? value : { ...value, fields: new Map([...value.fields, ...changed]) };
}

/**
 * Returns the place of the value at a path, or of the nearest enclosing value that exists.
 * @param aim `key` for the place of the field's name instead of its value
 */
export function placeAt(root: LocatedValue, path: ValuePath, aim: 'key' | 'value' = 'value'): Place {
  let place: Place = root;
  let at: LocatedValue = root;
  for (const [index, part] of path.entries()) {
    const isLast = index === path.length - 1;
    const field: LocatedField | undefined = childOf(at, part);
    if (field === undefined) break;
    place = isLast && aim === 'key' ? field.key : field.value;
    at = field.value;
  }
  return { line: place.line, column: place.column };
}

/** Returns how many parts of a path exist in the value. */
export function depthOf(root: LocatedValue, path: ValuePath): number {
  let at: LocatedValue = root;
  for (const [index, part] of path.entries()) {
    const field: LocatedField | undefined = childOf(at, part);
    if (field === undefined) return index;
    at = field.value;
  }
  return path.length;
}

function childOf(value: LocatedValue, part: PropertyKey): LocatedField | undefined {
  if (value.kind === 'map') return value.fields.get(String(part));
  const item = value.kind === 'list' ? value.items[Number(part)] : undefined;
  return item === undefined ? undefined : { key: item, value: item };
}
