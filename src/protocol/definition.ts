import * as z from 'zod';
import { type ProcessSpecInput, processSpecSchema } from './process-spec.ts';

/** The fields to change in a definition: lists are replaced as a whole, objects are merged field by field. */
export type DefinitionChanges = Partial<Omit<ProcessSpecInput, 'id'>>;

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A definition as it was written: validated, but without the defaults of the schema. */
export const definitionSchema = z.custom<ProcessSpecInput>().superRefine((value, context) => {
  report(issuesOf(value), context);
});

/** A part of a definition, validated the same way; omitted fields stay unchanged. */
export const changesSchema = z.custom<DefinitionChanges>().superRefine((value, context) => {
  report(issuesOfChanges(value), context);
});

/** Returns the problems of a part of a definition, regardless of the other fields. */
export function issuesOfChanges(value: unknown): readonly Issue[] {
  if (typeof value !== 'object' || value === null) return issuesOf(value);
  return 'id' in value
    ? [{ path: ['id'], message: 'an id cannot be changed; add the program under a new id and remove this one' }]
    : issuesOf({ command: 'any', ...value, id: 'any' }).filter(({ path }) => !isOmitted(value, path));
}

/** Returns whether a field of a map was omitted, which stays as it is: the whole definition is validated once it is merged. */
function isOmitted(value: object, [name, field, ...rest]: Issue['path']): boolean {
  const map: unknown = (value as Readonly<Record<PropertyKey, unknown>>)[name ?? ''];
  const isMap = typeof map === 'object' && map !== null && !Array.isArray(map);
  return isMap && field !== undefined && rest.length === 0 && !(field in map);
}

function issuesOf(value: unknown): readonly Issue[] {
  return (processSpecSchema.safeParse(value).error?.issues ?? []).flatMap(meantIssues);
}

/** Returns the issues of the alternative that was probably meant: the one whose outermost type matches. */
function meantIssues(issue: z.core.$ZodIssue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const isInside = ({ path, code }: z.core.$ZodIssue): boolean =>
    path.length > 0 || (code !== 'invalid_type' && code !== 'invalid_value' && code !== 'invalid_union');
  const meant = issue.errors.find((errors) => errors.length > 0 && errors.every(isInside));
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => meantIssues({ ...inner, path: [...issue.path, ...inner.path] }));
}

function report(issues: readonly Issue[], context: z.RefinementCtx): void {
  for (const { path, message } of issues) context.addIssue({ code: 'custom', path: [...path], message });
}
