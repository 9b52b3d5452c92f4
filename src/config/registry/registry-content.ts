import * as z from 'zod';
import { messageOf } from '../../base/thrown.ts';
import type { Fields } from '../reading/source-reading.ts';

const fields = z.record(z.string(), z.unknown());
const byId = z.record(z.string(), fields);

const VERSION = 1;

/** Loose, so that fields added by a newer version of the same format are preserved. */
export const registrySchema = z.looseObject({
  version: z.literal(VERSION),
  programs: byId,
  overrides: byId,
  settings: fields,
});

/** The content of `registry.json` (docs/configuration.md). Programs are validated one by one, when they are combined. */
export interface Registry {
  readonly version: typeof VERSION;
  /** Programs that the registry defines, by id. */
  readonly programs: Readonly<Record<string, Fields>>;
  /** Fields that override those of programs defined by other sources, or of single instances. */
  readonly overrides: Readonly<Record<string, Fields>>;
  /** Settings of the engine. */
  readonly settings: Fields;
}

/** The content of a registry that does not exist yet. */
export const EMPTY_REGISTRY: Registry = { version: VERSION, programs: {}, overrides: {}, settings: {} };

export type ParsedRegistry =
  | { readonly kind: 'read'; readonly registry: Registry }
  /** Truncated, or not a registry. */
  | { readonly kind: 'corrupt'; readonly problem: string }
  /** Intact, but written in a newer format. */
  | { readonly kind: 'foreign'; readonly problem: string };

/** Parses the text of a registry; distinguishes a damaged registry from one that a newer version of healer wrote. */
export function parseRegistry(text: string): ParsedRegistry {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { kind: 'corrupt', problem: `not JSON: ${messageOf(error)}` };
  }
  const parsed = registrySchema.safeParse(json);
  if (parsed.success) return { kind: 'read', registry: parsed.data };
  const { data: version } = z.looseObject({ version: z.number().min(VERSION + 1) }).safeParse(json);
  if (version !== undefined) {
    return {
      kind: 'foreign',
      problem: `written by a newer version of healer (format ${String(version.version)}); use that version`,
    };
  }
  const [issue] = parsed.error.issues;
  return { kind: 'corrupt', problem: `not a registry: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
}

/** Returns the fields of a program. Safe for ids such as "constructor", which every object inherits. */
export function fieldsOf(table: Readonly<Record<string, Fields>>, id: string): Fields | undefined {
  return Object.hasOwn(table, id) ? table[id] : undefined;
}

/** Returns a table without the entry of an id. */
export function without(table: Readonly<Record<string, Fields>>, id: string): Readonly<Record<string, Fields>> {
  return Object.fromEntries(Object.entries(table).filter(([name]) => name !== id));
}

/** Returns the ids of programs that an operator enabled, possibly while no engine was running. */
export function enabledByName({ programs, overrides }: Registry): ReadonlySet<string> {
  const entries = [...Object.entries(programs), ...Object.entries(overrides)];
  return new Set(entries.filter(([, fields]) => fields['enabled'] === true).map(([id]) => id));
}
