import * as z from 'zod';
import { type ProcessSpecInput, processSpecSchema } from './process-spec.ts';

/** What a change names of a program: only what it names is changed, lists as a whole, objects field by field. */
export type DefinitionChanges = Partial<Omit<ProcessSpecInput, 'id'>>;

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A definition as it was written: held to the schema, but without what the schema would fill in. */
export const definitionSchema = z.custom<ProcessSpecInput>().superRefine((value, context) => {
  report(issuesOf(value), context);
});

/** A part of a definition, likewise: what is not named stays. */
export const changesSchema = z.custom<DefinitionChanges>().superRefine((value, context) => {
  report(issuesOfChanges(value), context);
});

/** What of a part of a definition does not fit, whatever the rest of it is. */
export function issuesOfChanges(value: unknown): readonly Issue[] {
  if (typeof value !== 'object' || value === null) return issuesOf(value);
  return 'id' in value
    ? [{ path: ['id'], message: 'an id cannot be changed; add the program anew and remove this one' }]
    : issuesOf({ command: 'any', ...value, id: 'any' });
}

function issuesOf(value: unknown): readonly Issue[] {
  return processSpecSchema.safeParse(value).error?.issues ?? [];
}

function report(issues: readonly Issue[], context: z.RefinementCtx): void {
  for (const { path, message } of issues) context.addIssue({ code: 'custom', path: [...path], message });
}
