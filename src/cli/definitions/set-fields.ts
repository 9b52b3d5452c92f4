import { HealerError } from '../../protocol/errors.ts';
import type { FieldCondition } from '../../base/structured-text.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Adds fields that are given by their paths, such as `health.timeoutMs`, to a part of a definition. A value is JSON if it can be
 * read as such, and otherwise text.
 *
 * @throws HealerError INVALID_CONFIG for a path through a field that is set to a plain value by the same command
 */
export function setFields(fields: Fields, settings: readonly FieldCondition[]): Fields {
  return settings.reduce(
    (changed, { path, value }) =>
      setField(changed, path.split('.'), path, path.startsWith('env.') ? value : valueOf(value)),
    fields,
  );
}

function setField(fields: Fields, [name = '', ...rest]: readonly string[], path: string, value: unknown): Fields {
  if (name === '')
    throw new HealerError(
      'INVALID_CONFIG',
      `--set: "${path}" is not a field; write it as in healer.yaml, such as health.timeoutMs`,
    );
  if (rest.length === 0) return { ...fields, [name]: value };
  const inner = fields[name] ?? {};
  if (typeof inner !== 'object' || Array.isArray(inner))
    throw new HealerError(
      'INVALID_CONFIG',
      `--set: "${path}" is inside "${name}", which the same command sets to a value`,
    );
  return { ...fields, [name]: setField(inner as Fields, rest, path, value) };
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
