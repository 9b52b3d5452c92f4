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

/**
 * Combines the definitions of one program; fields of later ones override those of earlier ones.
 * @param common settings for all programs, weaker than every definition of this one
 */
export function combineProgram(id: string, common: readonly Layer[], definitions: readonly Definition[]): Attempt {
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
