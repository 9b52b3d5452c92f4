import { type ProcessSpec, processSpecSchema } from '../../protocol/process-spec.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { type DescribedIssue, describeIssue } from '../reading/describe-issue.ts';
import { programFieldSchema } from '../yaml/healer-yaml-schema.ts';
import { mergeFields } from '../reading/merge-fields.ts';
import type { Definition, Layer } from '../reading/source-reading.ts';
import type { ValuePath } from '../reading/located-value.ts';

/** A program as all sources together define it. */
export interface MergedProgram {
  readonly spec: ProcessSpec;
  readonly definitions: readonly Definition[];
}

interface Attempt {
  /** Null when what the sources say together is no program. */
  readonly program: MergedProgram | null;
  readonly problems: readonly ConfigProblem[];
}

/** @param common what is said for all programs; weaker than what is said of this one */
export function mergeProgram(id: string, common: readonly Layer[], definitions: readonly Definition[]): Attempt {
  const home = definitions.findLast(({ fields }) => 'command' in fields);
  const layers: readonly Layer[] = [...common, ...definitions];
  const fields = layers.reduce((merged, layer) => mergeFields(merged, layer.fields), home?.implied ?? {});
  const { data, error } = processSpecSchema.safeParse({ ...fields, id });
  if (data !== undefined) return { program: { spec: data, definitions }, problems: [] };
  const issues = error.issues.flatMap((issue) => describeIssue(issue, fields, programFieldSchema()));
  return { program: null, problems: issues.map((issue) => problemOf(id, issue, layers)) };
}

function problemOf(id: string, { path, aim, message, hint }: DescribedIssue, layers: readonly Layer[]): ConfigProblem {
  const told = `${message} for "${id}"`;
  return problemAt(layers, path, aim, { message: told, hint });
}

/** A problem at the place where the last of the layers says what is wrong, or as much of it as any of them says. */
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
