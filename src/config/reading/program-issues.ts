import { partialSpecSchema } from '../../protocol/process-spec.ts';
import { describeIssue, type DescribedIssue } from './describe-issue.ts';
import { type FieldSchema, fieldSchemaOf } from './field-schema.ts';
import type { Fields } from './source-reading.ts';

let programFields: FieldSchema | undefined;

/** Returns the fields of a program as data. Created when first needed. */
export function programFieldSchema(): FieldSchema {
  programFields ??= fieldSchemaOf(partialSpecSchema);
  return programFields;
}

/** What is wrong with a field: names joined with dots, empty for the definition as a whole. */
export interface ProgramIssue {
  readonly path: string;
  readonly message: string;
}

/**
 * Describes issues of a definition that was not read from a file, as those of a file are described: the schema has words
 * that mean nothing to users. An issue that concerns several fields at once keeps its own words.
 */
export function describeProgramIssues(fields: Fields, issues: readonly ProgramIssue[]): readonly ProgramIssue[] {
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'id'));
  const found = (partialSpecSchema.safeParse(own).error?.issues ?? []).flatMap((issue) =>
    describeIssue(issue, own, programFieldSchema()),
  );
  const described = issues.flatMap((issue) => {
    const same = found.filter((each) => isAt(each, issue.path));
    return same.length === 0 ? [issue] : same.map((each) => inWords(each, issue.path));
  });
  return withoutRepetitions(described);
}

/** Removes issues that another one before them describes with the same words. */
export function withoutRepetitions<Each extends ProgramIssue>(issues: readonly Each[]): readonly Each[] {
  return [...new Map(issues.map((issue) => [`${issue.path}: ${issue.message}`, issue])).values()];
}

/** An unknown field is an issue of the map that contains it. */
function isAt({ path, kind }: DescribedIssue, at: string): boolean {
  return (kind === 'unknown' ? path.slice(0, -1) : path).join('.') === at;
}

function inWords({ path, kind, message, hint }: DescribedIssue, at: string): ProgramIssue {
  // The words of the schema for an unknown field: clients recognize by them that an engine is of another version.
  if (kind === 'unknown') return { path: at, message: `Unrecognized key: ${JSON.stringify(path.at(-1))} (${hint})` };
  return { path: at, message: kind === 'missing' ? message : `${message} (${hint})` };
}
