import { HealerError } from '../../protocol/errors.ts';
import { type ConfigProblem, formatProblem } from '../reading/config-problem.ts';
import type { SourceReading } from '../reading/source-reading.ts';
import type { Origins } from '../reading/sourced-spec.ts';
import type { Registry } from '../registry/registry-content.ts';
import { applyEdit, type RegistryEdit } from '../registry/registry-edits.ts';
import { registryReadingOf } from '../registry/registry-reading.ts';
import { combineReadings } from './combine-sources.ts';

/** What an edit is checked against. */
interface Surroundings {
  readonly origins: Origins;
  /** The other sources in effect. */
  readonly files: readonly SourceReading[];
  readonly registryFile: string;
}

/**
 * Returns the registry after an edit. Refuses an addition or a change that would leave it with new errors, such as a
 * dependency on a program that is not defined, or on one that depends on it in turn. A removal is never refused for this
 * reason: what depends on the program may be removed next.
 * @throws HealerError as `applyEdit` does, and INVALID_CONFIG with each new error
 */
export function checkedEdit(registry: Registry, edit: RegistryEdit, { origins, ...around }: Surroundings): Registry {
  const edited = applyEdit(registry, edit, origins);
  if (edit.kind !== 'add' && edit.kind !== 'update') return edited;
  const known = new Set(problemsWith(registry, around).map(formatProblem));
  const added = problemsWith(edited, around).filter((problem) => !known.has(formatProblem(problem)));
  if (added.length === 0) return edited;
  const list = added.map(({ message, hint }) => `${message} (${hint})`).join('; ');
  const issues = added.map(({ message }) => ({ path: '', message }));
  throw new HealerError('INVALID_CONFIG', `cannot ${edit.kind} "${edit.id}": ${list}`, { id: edit.id, issues });
}

function problemsWith(
  registry: Registry,
  { files, registryFile }: Omit<Surroundings, 'origins'>,
): readonly ConfigProblem[] {
  const { problems } = combineReadings([...files, registryReadingOf(registry, registryFile)]);
  return problems.filter(({ severity }) => severity === 'error');
}
