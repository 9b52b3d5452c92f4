import { HealerError } from '../../protocol/errors.ts';
import type { Fields } from '../reading/source-reading.ts';

/** Short names of fields, as the options of `healer update` have them. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  cpu: 'limits.cpuPercent',
  memory: 'limits.memoryMb',
};

/**
 * Returns fields without some of them. A name such as `env.NAME` or `limits.memoryMb` is a path; `all` removes every field
 * except those that are required.
 * @throws HealerError INVALID_STATE, which lists the fields that are set
 */
export function unsetFields(id: string, fields: Fields, names: readonly string[]): Fields {
  return names.reduce((left, name) => {
    if (name === 'all') return 'command' in left ? { command: left['command'] } : {};
    const path = (SHORT_NAMES[name] ?? name).split('.');
    if (path[0] === 'command' && 'command' in fields) throw required(id);
    const found = without(left, pathIn(left, path));
    if (found === null) throw notSet(id, name, left);
    return found;
  }, fields);
}

/** Returns the path with the rest as one name where a name contains dots, as in `env.app.mode`. */
function pathIn(fields: Fields, path: readonly string[]): readonly string[] {
  const [first = '', ...rest] = path;
  if (rest.length === 0) return path;
  const whole = path.join('.');
  if (Object.hasOwn(fields, whole)) return [whole];
  const inner = fields[first];
  return isFields(inner) ? [first, ...pathIn(inner, rest)] : path;
}

/** Returns null if there is no such field. A map that becomes empty is removed. */
function without(fields: Fields, [first = '', ...rest]: readonly string[]): Fields | null {
  if (!Object.hasOwn(fields, first)) return null;
  const others = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== first));
  if (rest.length === 0) return others;
  const inner = fields[first];
  const left = isFields(inner) ? without(inner, rest) : null;
  if (left === null) return null;
  return Object.keys(left).length === 0 ? others : { ...fields, [first]: left };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notSet(id: string, name: string, fields: Fields): HealerError {
  const set = namesIn(fields);
  const known = set.length === 0 ? 'nothing is set there' : `set there: ${set.join(', ')}`;
  return new HealerError('INVALID_STATE', `cannot unset ${name} of "${id}": the registry does not set it (${known})`, {
    id,
    field: name,
    set,
  });
}

function required(id: string): HealerError {
  const message = `cannot unset the command of "${id}": a program needs one — use "healer remove ${id}" to remove the program`;
  return new HealerError('INVALID_STATE', message, { id, field: 'command' });
}

function namesIn(fields: Fields, parent = ''): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    isFields(value) && Object.keys(value).length > 0 ? namesIn(value, `${parent}${name}.`) : [`${parent}${name}`],
  );
}
