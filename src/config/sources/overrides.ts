import { isDeepStrictEqual } from 'node:util';
import { combineFields } from '../reading/combine-fields.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import type { Definition, Fields } from '../reading/source-reading.ts';
import type { ValuePath } from '../reading/located-value.ts';
import { problemAt } from './combine-program.ts';

/** Returns the names of the fields that the registry changes in a program of a file, e.g. `limits.memoryMb`. */
export function overriddenFields(definitions: readonly Definition[]): readonly string[] {
  const { files, overrides } = layersOf(definitions);
  if (files.length === 0) return [];
  const written = fieldsOf(files);
  return leavesOf(fieldsOf(overrides))
    .filter(({ path, value }) => !isSameAt(written, path, value))
    .map(({ path }) => path.join('.'));
}

/** Returns a warning for each field of a file that has no effect, because the registry overrides it with another value. */
export function shadowedFields(id: string, definitions: readonly Definition[]): readonly ConfigProblem[] {
  const { files, overrides } = layersOf(definitions);
  const written = fieldsOf(files);
  return leavesOf(fieldsOf(overrides)).flatMap(({ path, value }): ConfigProblem[] => {
    const here = valueAt(written, path);
    if (here === undefined || isDeepStrictEqual(here, value)) return [];
    const field = path.join('.');
    return [
      {
        ...problemAt(files, path, 'value', {
          message: `${field} of "${id}" is ${show(here)} here, but "healer update" set it to ${show(value)}, which takes precedence`,
          hint: `use the value of the file with "healer update ${id} --unset ${field}"`,
        }),
        severity: 'warning',
      },
    ];
  });
}

function layersOf(definitions: readonly Definition[]): {
  readonly files: readonly Definition[];
  readonly overrides: readonly Definition[];
} {
  return {
    files: definitions.filter(({ isOverride, placeAt }) => !isOverride && placeAt([], 'key') !== null),
    overrides: definitions.filter(({ isOverride }) => isOverride),
  };
}

function fieldsOf(definitions: readonly Definition[]): Fields {
  return definitions.reduce<Fields>((combined, { fields }) => combineFields(combined, fields), {});
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Returns the values in nested maps; a list is one value. */
function leavesOf(fields: Fields, parent: readonly string[] = []): readonly Leaf[] {
  return Object.entries(fields).flatMap(([name, value]): readonly Leaf[] => {
    const path = [...parent, name];
    return isFields(value) && Object.keys(value).length > 0 ? leavesOf(value, path) : [{ path, value }];
  });
}

function isSameAt(fields: Fields, path: ValuePath, value: unknown): boolean {
  const here = valueAt(fields, path);
  // Programs are enabled unless a file disables them.
  if (here === undefined && path.length === 1 && path[0] === 'enabled') return value === true;
  return isDeepStrictEqual(here, value);
}

function valueAt(fields: Fields, path: ValuePath): unknown {
  return path.reduce<unknown>(
    (found, name) => (isFields(found) && Object.hasOwn(found, name) ? found[String(name)] : undefined),
    fields,
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
}
