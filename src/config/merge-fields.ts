import type { Fields } from './registry-content.ts';

/** Puts what `later` names over `earlier`: objects field by field, everything else as a whole. */
export function mergeFields(earlier: Fields, later: Fields): Fields {
  const merged = Object.entries(later).map(([name, value]) => {
    const before = Object.hasOwn(earlier, name) ? earlier[name] : undefined;
    return [name, isFields(before) && isFields(value) ? mergeFields(before, value) : value] as const;
  });
  return { ...earlier, ...Object.fromEntries(merged) };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
