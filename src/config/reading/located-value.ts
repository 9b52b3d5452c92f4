/** Where something stands in a file. Both from 1, in characters. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A value as it was written, with the place of each of its parts. */
export type LocatedValue = Place &
  (
    | {
        readonly kind: 'scalar';
        readonly value: string | number | boolean | null;
        /** As it was written. */
        readonly source: string;
        /** Without quotes. */
        readonly isPlain: boolean;
      }
    | { readonly kind: 'list'; readonly items: readonly LocatedValue[] }
    | {
        readonly kind: 'map';
        readonly fields: ReadonlyMap<string, LocatedField>;
        /** Of fields that were left out: they stand here a second time, or have no text as their key. */
        readonly refusedKeys: readonly Place[];
      }
  );

export type LocatedMap = Extract<LocatedValue, { kind: 'map' }>;

export interface LocatedField {
  readonly key: Place;
  readonly value: LocatedValue;
}

/** What a path leads to, as the schema's problems name it. */
export type ValuePath = readonly PropertyKey[];

/** Whether nothing was written, as after a field's colon. */
export function isNothing(value: LocatedValue): boolean {
  return value.kind === 'scalar' && value.value === null;
}

/** The value without its places. Maps have no prototype: a field may be called "__proto__". */
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
 * Where the value at a path stands, or the nearest part around it that was written.
 * @param aim `key` for the name of the field, where the field itself is what is wrong
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

/** How many parts of a path were written. */
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
