import { type LocatedValue, mapParts } from '../reading/located-value.ts';

/** Fields whose values are always text, so that `1.10` is not read as a number. */
const TEXT_FIELDS = new Set(['args', 'env', 'umask']);

/** Converts numbers and booleans in these fields back to the text that was written. */
export function keepTexts(value: LocatedValue, isText = false): LocatedValue {
  if (value.kind === 'scalar') {
    const isOther = typeof value.value === 'number' || typeof value.value === 'boolean';
    return isText && isOther ? { ...value, value: value.source } : value;
  }
  return mapParts(value, (part, name) => keepTexts(part, isText || (name !== null && TEXT_FIELDS.has(name))));
}
