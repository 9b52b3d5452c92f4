import * as z from 'zod';
import { messageOf } from '../../base/thrown.ts';

const fields = z.record(z.string(), z.unknown());
const byId = z.record(z.string(), fields);

const VERSION = 1;

/** Loose: what a newer version of the same format adds is kept by this one. */
export const registrySchema = z.looseObject({
  version: z.literal(VERSION),
  programs: byId,
  overrides: byId,
  settings: fields,
});

/** Fields of a program as they were written. Checked one program at a time, so that one that is bad harms no other. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is kept in `registry.json` (SPEC section 3). */
export interface Registry {
  readonly version: typeof VERSION;
  /** Programs that are defined here. */
  readonly programs: Readonly<Record<string, Fields>>;
  /** What is different about programs that other sources define, or about single instances. */
  readonly overrides: Readonly<Record<string, Fields>>;
  /** Of the engine. */
  readonly settings: Fields;
}

/** What the registry holds before anything was written into it. */
export const EMPTY_REGISTRY: Registry = { version: VERSION, programs: {}, overrides: {}, settings: {} };

export type ParsedRegistry =
  | { readonly kind: 'read'; readonly registry: Registry }
  /** Nothing can be made of it: torn, or not a registry. */
  | { readonly kind: 'corrupt'; readonly problem: string }
  /** It is whole, but not for us. */
  | { readonly kind: 'foreign'; readonly problem: string };

/** Reads the text of a registry. One that a newer healer wrote is told apart from a damaged one. */
export function parseRegistry(text: string): ParsedRegistry {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { kind: 'corrupt', problem: `it is not JSON: ${messageOf(error)}` };
  }
  const parsed = registrySchema.safeParse(json);
  if (parsed.success) return { kind: 'read', registry: parsed.data };
  const { data: version } = z.looseObject({ version: z.number().min(VERSION + 1) }).safeParse(json);
  if (version !== undefined) {
    return { kind: 'foreign', problem: `a newer healer wrote it (format ${String(version.version)}); use that one` };
  }
  const [issue] = parsed.error.issues;
  return { kind: 'corrupt', problem: `it is no registry: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
}

/** The fields under a name, where there are any: a program may be called "constructor". */
export function fieldsOf(table: Readonly<Record<string, Fields>>, id: string): Fields | undefined {
  return Object.hasOwn(table, id) ? table[id] : undefined;
}

/** A table without the entry of an id. */
export function without(table: Readonly<Record<string, Fields>>, id: string): Readonly<Record<string, Fields>> {
  return Object.fromEntries(Object.entries(table).filter(([name]) => name !== id));
}

/** Programs of which the registry says that they are enabled: an operator's last word, perhaps while no engine ran. */
export function enabledByName({ programs, overrides }: Registry): ReadonlySet<string> {
  const entries = [...Object.entries(programs), ...Object.entries(overrides)];
  return new Set(entries.filter(([, fields]) => fields['enabled'] === true).map(([id]) => id));
}
