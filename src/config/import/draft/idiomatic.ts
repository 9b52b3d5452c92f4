import { isDeepStrictEqual } from 'node:util';
import { processSpecSchema } from '../../../protocol/process-spec.ts';
import type { Imported, ImportedProgram } from './imported.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Returns programs as a person would write them: without default values, and with short forms. */
export function asWritten<T extends Imported>(imported: T): T {
  return { ...imported, programs: imported.programs.map(short) };
}

/** Without the fields that have no default: a program may have any command, also the one of this example. */
const DEFAULTS: Fields = {
  ...processSpecSchema.parse({ id: 'x', command: 'x' }),
  ...{ id: null, name: null, command: null },
};

function short({ id, spec, notes }: ImportedProgram): ImportedProgram {
  const { command, restart, ...others } = withoutDefaults(spec, DEFAULTS);
  const isPolicy = isFields(restart) && Object.keys(restart).join() === 'policy';
  const written = { ...others, ...(restart !== undefined && { restart: isPolicy ? restart['policy'] : restart }) };
  const order = Object.keys(spec);
  const entries = Object.entries({ command, ...written }).sort(
    ([one], [other]) => order.indexOf(one) - order.indexOf(other),
  );
  return { id, spec: Object.fromEntries(entries) as unknown as ImportedProgram['spec'], notes };
}

/** Keeps whole lists and values that differ; a map without any is left out. */
function withoutDefaults(fields: Fields, defaults: Fields): Fields {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const usual = defaults[name];
    if (isFields(value) && isFields(usual) && Object.keys(usual).length > 0) {
      const inner = withoutDefaults(value, usual);
      if (Object.keys(inner).length > 0) kept[name] = inner;
    } else if (!isDeepStrictEqual(value, usual)) kept[name] = value;
  }
  return kept;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
