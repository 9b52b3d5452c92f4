import type { LocatedField, LocatedValue } from '../reading/located-value.ts';

/** Fields whose values are always text, so that `1.10` is not read as a number. */
const TEXT_FIELDS = new Set(['args', 'env', 'umask']);

/** Converts numbers and booleans in these fields back to the text that was written. */
export function keepTexts(value: LocatedValue, isText = false): LocatedValue {
  switch (value.kind) {
    case 'scalar': {
      const isOther = typeof value.value === 'number' || typeof value.value === 'boolean';
      return isText && isOther ? { ...value, value: value.source } : value;
    }
    case 'list':
      return { ...value, items: value.items.map((item) => keepTexts(item, isText)) };
    case 'map': {
      const fields = [...value.fields].map(([name, field]): [string, LocatedField] => [
        name,
        { ...field, value: keepTexts(field.value, isText || TEXT_FIELDS.has(name)) },
      ]);
      return { ...value, fields: new Map(fields) };
    }
  }
}
