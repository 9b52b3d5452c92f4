import { isInstanceOf } from '../../base/instance-id.ts';
import { HealerError } from '../../protocol/errors.ts';
import { type ConfigProblem, formatProblem } from '../reading/config-problem.ts';
import type { SourceReading } from '../reading/source-reading.ts';
import type { Origins } from '../reading/sourced-spec.ts';
import type { Registry } from '../registry/registry-content.ts';
import { applyEdit, type RegistryEdit } from '../registry/registry-edits.ts';
import { registryReadingOf } from '../registry/registry-reading.ts';
import { groupInstances } from './grouped-specs.ts';
import { type CombinedPrograms, combineReadings } from './combine-sources.ts';

/** What an edit is checked against. */
interface Surroundings {
  readonly origins: Origins;
  /** The other sources in effect. */
  readonly files: readonly SourceReading[];
  readonly registryFile: string;
}

/**
 * Returns the registry after an edit. Refuses an edit that would leave it with new errors, such as a dependency on a program
 * that is not defined, or on one that depends on it in turn.
 * @throws HealerError as `applyEdit` does; INVALID_CONFIG with each new error; INVALID_STATE for the removal of a program that
 *   others depend on
 */
export function checkedEdit(registry: Registry, edit: RegistryEdit, { origins, ...around }: Surroundings): Registry {
  refuseScaleOfInstance(edit, registry, around);
  const edited = applyEdit(registry, edit, origins);
  if (edit.kind === 'remove') refuseIfNeeded(edit.id, registry, edited, around);
  if (edit.kind !== 'add' && edit.kind !== 'update') return edited;
  const known = new Set(problemsWith(registry, around).map(formatProblem));
  const added = problemsWith(edited, around).filter((problem) => !known.has(formatProblem(problem)));
  if (added.length === 0) return edited;
  const list = added.map(({ message, hint }) => `${message} (${hint})`).join('; ');
  const path = edit.kind === 'update' ? onlyField(edit.fields) : '';
  const issues = added.map(({ message }) => ({ path, message }));
  throw new HealerError('INVALID_CONFIG', `cannot ${edit.kind} "${edit.id}": ${list}`, { id: edit.id, issues });
}

/** A new problem is due to the field that an edit changes; with several fields, which of them is unknown. */
function onlyField(changes: object): string {
  const [field = '', ...others] = Object.keys(changes);
  return others.length === 0 ? field : '';
}

type Around = Omit<Surroundings, 'origins'>;

/** A single instance can have fields of its own, but not a number of instances. */
function refuseScaleOfInstance(edit: RegistryEdit, { programs }: Registry, { files }: Around): void {
  if (edit.kind !== 'update' || edit.fields['instances'] === undefined) return;
  const { id } = edit;
  const owners = [...Object.keys(programs), ...files.flatMap(({ definitions }) => definitions.map((each) => each.id))];
  const base = owners.includes(id) ? undefined : owners.find((owner) => isInstanceOf(id, owner));
  if (base === undefined) return;
  const message = `cannot scale "${id}": it is an instance of "${base}" — use "healer scale ${base} N"`;
  throw new HealerError('INVALID_CONFIG', message, { id, program: base });
}

/** Refuses to remove a program that others depend on: they could not start any more. */
function refuseIfNeeded(id: string, before: Registry, after: Registry, around: Around): void {
  const left = combinedWith(after, around).specs.map(({ spec }) => spec);
  const ids = new Set(left.map((spec) => spec.id));
  const removed = combinedWith(before, around).specs.filter(({ spec }) => !ids.has(spec.id));
  if (removed.length === 0) return;
  // Dependencies on instances are those on their definition once it is gone.
  const gone = new Set([id, ...removed.map(({ spec }) => spec.id)]);
  const owners = [
    ...Object.keys(after.programs),
    ...around.files.flatMap(({ definitions }) => definitions.map((definition) => definition.id)),
  ];
  const needing = groupInstances(left, owners).filter(({ dependsOn }) => dependsOn.some((each) => gone.has(each.id)));
  if (needing.length > 0)
    throw neededByOthers(
      id,
      needing.map((spec) => spec.id),
    );
}

function neededByOthers(id: string, dependents: readonly string[]): HealerError {
  const others = `${dependents.map((each) => `"${each}"`).join(', ')} ${dependents.length === 1 ? 'depends' : 'depend'} on it`;
  const step = `remove them together with "healer remove ${[...dependents, id].join(' ')}", or change "dependsOn" first`;
  return new HealerError('INVALID_STATE', `cannot remove "${id}": ${others} — ${step}`, { id, dependents });
}

function problemsWith(registry: Registry, around: Around): readonly ConfigProblem[] {
  return combinedWith(registry, around).problems.filter(({ severity }) => severity === 'error');
}

function combinedWith(registry: Registry, { files, registryFile }: Around): CombinedPrograms {
  return combineReadings([...files, registryReadingOf(registry, registryFile)]);
}
