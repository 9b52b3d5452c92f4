import type { Fields } from './source-reading.ts';

/**
 * Puts what `later` says over `earlier`: maps field by field, everything else as a whole. Maps that are of another
 * `type` have nothing in common, and are replaced.
 */
export function mergeFields(earlier: Fields, later: Fields): Fields {
  const merged = Object.entries(later).map(([name, value]): [string, unknown] => {
    const before = Object.hasOwn(earlier, name) ? earlier[name] : undefined;
    const isPartwise = isFields(before) && isFields(value) && isSameType(before, value);
    return [name, isPartwise ? mergeFields(before, value) : value];
  });
  return { ...earlier, ...Object.fromEntries(merged) };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSameType(earlier: Fields, later: Fields): boolean {
  return later['type'] === undefined || later['type'] === earlier['type'];
}
