import { processSpecSchema } from '../protocol/process-spec.ts';
import type { ConfigProblem } from './config-problem.ts';
import { mergeFields } from './merge-fields.ts';
import type { Fields } from './registry-content.ts';
import { type RegistryDefinition, registryProblem, type RegistrySource } from './registry-source.ts';
import { validSettings } from './settings.ts';
import type { SourcedSpec } from './sourced-spec.ts';

interface Merged {
  readonly specs: readonly SourcedSpec[];
  readonly problems: readonly ConfigProblem[];
  /** False when a definition does not fit: the program it was meant for may be running. */
  readonly isComplete: boolean;
}

/** Puts what the registry says over what the files define. An override of what nobody defines rests. */
export function mergeRegistry(files: readonly SourcedSpec[], source: RegistrySource, path: string): Merged {
  const { healing } = validSettings(source.registry.settings);
  const base: Fields = healing === undefined ? {} : { healing };
  const merged = new Map(
    files.map((entry) => [
      entry.spec.id,
      healing === undefined ? entry : { ...entry, spec: { ...entry.spec, healing } },
    ]),
  );
  const problems: ConfigProblem[] = [];
  for (const definition of source.definitions) {
    const { id, isOverride } = definition;
    const before = merged.get(id);
    if (isOverride && before === undefined) continue;
    const result = specOf(definition, before, base);
    if ('problem' in result) problems.push(registryProblem(path, result.problem));
    else merged.set(id, result);
  }
  return { specs: [...merged.values()], problems, isComplete: problems.length === 0 };
}

type Attempt = SourcedSpec | { readonly problem: { readonly message: string; readonly hint: string } };

function specOf({ id, fields, origin }: RegistryDefinition, before: SourcedSpec | undefined, base: Fields): Attempt {
  const { data, error } = processSpecSchema.safeParse({ ...mergeFields(before?.spec ?? base, fields), id });
  if (error === undefined) return { spec: data, origin: before === undefined ? origin : `${before.origin}, ${origin}` };
  const list = error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`).join('; ');
  return {
    problem: {
      message: `cannot use what it says of "${id}": ${list}`,
      hint: `"healer update ${id}" or "healer remove ${id}" mends it`,
    },
  };
}
