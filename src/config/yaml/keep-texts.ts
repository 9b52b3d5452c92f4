import type { LocatedField, LocatedValue } from '../reading/located-value.ts';

/** Fields whose values are text to the system, whatever YAML makes of them: `1.10` is no number there. */
const TEXT_FIELDS = new Set(['args', 'env', 'umask']);

/** Takes numbers and truth values in those fields as they were written. */
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
