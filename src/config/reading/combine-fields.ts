import type { Fields } from './source-reading.ts';

/**
 * Returns `earlier` overridden by `later`. Maps are combined field by field, all other values are replaced. A map that
 * has a different `type` is replaced too, since its fields have other meanings.
 */
export function combineFields(earlier: Fields, later: Fields): Fields {
  const combined = Object.entries(later).map(([name, written]): [string, unknown] => {
    const value = wholeOf(name, written);
    const previous = Object.hasOwn(earlier, name) ? earlier[name] : undefined;
    const isPartwise = isFields(previous) && isFields(value) && isSameType(previous, value);
    return [name, isPartwise ? combineFields(previous, value) : value];
  });
  return { ...earlier, ...Object.fromEntries(combined) };
}

/** `restart: always` stands for `restart: { policy: always }`, so that it is combined with the other fields of `restart`. */
function wholeOf(name: string, value: unknown): unknown {
  return name === 'restart' && typeof value === 'string' ? { policy: value } : value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSameType(earlier: Fields, later: Fields): boolean {
  return later['type'] === undefined || later['type'] === earlier['type'];
}
