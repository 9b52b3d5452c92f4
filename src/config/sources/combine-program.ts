import { type ProcessSpec, processSpecSchema } from '../../protocol/process-spec.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { type DescribedIssue, describeIssue } from '../reading/describe-issue.ts';
import { programFieldSchema } from '../reading/program-issues.ts';
import { combineFields } from '../reading/combine-fields.ts';
import type { Definition, Layer } from '../reading/source-reading.ts';
import type { ValuePath } from '../reading/located-value.ts';

/** A program as defined by all sources together. */
export interface CombinedProgram {
  readonly spec: ProcessSpec;
  readonly definitions: readonly Definition[];
}

interface Attempt {
  /** Null when the combined fields are not a valid program. */
  readonly program: CombinedProgram | null;
  readonly problems: readonly ConfigProblem[];
}

interface Made {
  readonly id: string;
  readonly common: readonly Layer[];
  readonly definitions: readonly Definition[];
  readonly attempt: Attempt;
}

/**
 * The last attempt with each first definition. A file that has not changed has the same definitions when it is read again, so that
 * a start, a reload or an edit validates only the programs that have changed.
 */
const attempts = new WeakMap<Definition, Made>();

/**
 * Combines the definitions of one program; fields of later ones override those of earlier ones.
 * @param common settings for all programs, weaker than every definition of this one
 */
export function combineProgram(id: string, common: readonly Layer[], definitions: readonly Definition[]): Attempt {
  const [first] = definitions;
  const before = first === undefined ? undefined : attempts.get(first);
  if (before?.id === id && isSameList(before.common, common) && isSameList(before.definitions, definitions))
    return before.attempt;
  const attempt = attemptOf(id, common, definitions);
  if (first !== undefined) attempts.set(first, { id, common, definitions, attempt });
  return attempt;
}

function isSameList(before: readonly object[], now: readonly object[]): boolean {
  return before.length === now.length && before.every((item, index) => item === now[index]);
}

function attemptOf(id: string, common: readonly Layer[], definitions: readonly Definition[]): Attempt {
  const home = definitions.findLast(({ fields }) => 'command' in fields);
  const layers: readonly Layer[] = [...common, ...definitions];
  const fields = layers.reduce((combined, layer) => combineFields(combined, layer.fields), home?.implied ?? {});
  const { data, error } = processSpecSchema.safeParse({ ...fields, id });
  if (data !== undefined) return { program: { spec: data, definitions }, problems: [] };
  const issues = error.issues.flatMap((issue) => describeIssue(issue, fields, programFieldSchema()));
  return { program: null, problems: issues.map((issue) => problemOf(id, issue, layers)) };
}

function problemOf(id: string, { path, aim, message, hint }: DescribedIssue, layers: readonly Layer[]): ConfigProblem {
  return problemAt(layers, path, aim, { message: `${message} for "${id}"`, hint });
}

/** Returns a problem at the place in the last layer that contains the path, or most of it. */
export function problemAt(
  layers: readonly Layer[],
  path: ValuePath,
  aim: 'key' | 'value',
  words: { readonly message: string; readonly hint: string },
): ConfigProblem {
  const deepest = Math.max(...layers.map(({ depthOf }) => depthOf(path)));
  const layer = layers.findLast(({ depthOf }) => depthOf(path) === deepest);
  const { line, column } = layer?.placeAt(path, aim) ?? { line: null, column: null };
  return { severity: 'error', file: layer?.file ?? '', line, column, ...words };
}
