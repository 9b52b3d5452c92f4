import { nearestWord } from '../../base/nearest-word.ts';
import { definitionSchema, issuesOfChanges } from '../../protocol/definition.ts';
import { HealerError } from '../../protocol/errors.ts';
import { isInstanceOf } from '../../base/instance-id.ts';
import { groupOf, placeOfOther, refuseTakenIds } from './taken-ids.ts';
import { describeProgramIssues } from '../reading/program-issues.ts';
import { combineFields } from '../reading/combine-fields.ts';
import type { Fields } from '../reading/source-reading.ts';
import type { Origins } from '../reading/sourced-spec.ts';
import { fieldsOf, type Registry, without } from './registry-content.ts';
import { unsetFields } from './unset-fields.ts';
import { changeSetting } from './settings.ts';

/** An edit of the registry, made by the command line while no engine runs, or by an engine on behalf of a client. */
export type RegistryEdit =
  | { readonly kind: 'add'; readonly id: string; readonly fields: Fields }
  | {
      readonly kind: 'update';
      readonly id: string;
      readonly fields: Fields;
      readonly unset?: readonly string[] | undefined;
    }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'enable' | 'disable'; readonly id: string }
  | { readonly kind: 'setting'; readonly key: string; readonly value: unknown };

/**
 * Returns the registry after an edit. For programs that are defined elsewhere, the registry stores only overrides.
 * @throws HealerError ALREADY_EXISTS, PROCESS_NOT_FOUND, INVALID_CONFIG with each problem, or INVALID_STATE for the
 *   removal of a program that is defined elsewhere
 */
export function applyEdit(registry: Registry, edit: RegistryEdit, origins: Origins): Registry {
  switch (edit.kind) {
    case 'add':
      return add(registry, edit, origins);
    case 'update':
      return change(registry, edit, origins);
    case 'enable':
    case 'disable':
      return change(registry, { ...edit, fields: { enabled: edit.kind === 'enable' } }, origins);
    case 'remove':
      return remove(registry, edit.id, origins);
    case 'setting':
      return { ...registry, settings: changeSetting(registry.settings, edit.key, edit.value) };
  }
}

function add(registry: Registry, { id, fields }: { id: string; fields: Fields }, origins: Origins): Registry {
  const place = fieldsOf(registry.programs, id) === undefined ? origins.get(id) : 'the registry';
  if (place !== undefined) {
    throw new HealerError(
      'ALREADY_EXISTS',
      `cannot add "${id}": it is already defined in ${place} — use "healer update ${id}" to change it`,
      { id, origin: place },
    );
  }
  validate(`cannot add "${id}"`, id, fields, definitionSchema.safeParse({ ...fields, id }).error?.issues ?? []);
  // Overrides of a removed program with the same id do not apply to this one.
  const overrides = overridesWithout(id, registry, origins);
  const added = { ...registry, programs: { ...registry.programs, [id]: fields }, overrides };
  refuseTakenIds('add', added, id, origins);
  return added;
}

interface Change {
  readonly kind: string;
  readonly id: string;
  readonly fields: Fields;
  /** Names of fields to take back before the others are changed. */
  readonly unset?: readonly string[] | undefined;
}

function change(registry: Registry, { kind, id, fields, unset = [] }: Change, origins: Origins): Registry {
  const own = fieldsOf(registry.programs, id);
  const isKnown = own !== undefined || origins.has(id) || groupOf(id, registry, origins) !== undefined;
  if (!isKnown) throw notFound(kind, registry, id, origins);
  const action = `cannot ${kind} "${id}"`;
  validate(action, id, fields, issuesOfChanges(fields));
  const checked = (edited: Registry): Registry => {
    if (fields['instances'] !== undefined) refuseTakenIds(kind, edited, id, origins);
    return edited;
  };
  if (own !== undefined) {
    const changed = combineFields(unsetFields(id, own, unset), fields);
    validate(action, id, changed, definitionSchema.safeParse({ ...changed, id }).error?.issues ?? []);
    return checked({ ...registry, programs: { ...registry.programs, [id]: changed } });
  }
  const changed = combineFields(unsetFields(id, fieldsOf(registry.overrides, id) ?? {}, unset), fields);
  const others = without(registry.overrides, id);
  const overrides = Object.keys(changed).length === 0 ? others : { ...registry.overrides, [id]: changed };
  return checked({ ...registry, overrides });
}

function remove(registry: Registry, id: string, origins: Origins): Registry {
  if (fieldsOf(registry.programs, id) !== undefined) {
    return {
      ...registry,
      programs: without(registry.programs, id),
      overrides: overridesWithout(id, registry, origins),
    };
  }
  const group = groupOf(id, registry, origins);
  if (group !== undefined) {
    throw new HealerError(
      'INVALID_STATE',
      `cannot remove "${id}": it is an instance of "${group}" — use "healer scale ${group} N" to change the number of instances`,
      { id, group },
    );
  }
  const place = origins.get(id);
  if (place === undefined) throw notFound('remove', registry, id, origins);
  throw new HealerError(
    'INVALID_STATE',
    `cannot remove "${id}": it is defined in ${place} — delete it there, or use "healer disable ${id}" to keep it stopped`,
    { id, origin: place },
  );
}

/** Removes the overrides of a program and its instances, but not those of a program whose id only looks like an instance's. */
function overridesWithout(id: string, registry: Registry, origins: Origins): Registry['overrides'] {
  const isKept = (name: string): boolean =>
    !isInstanceOf(name, id) || placeOfOther(name, id, registry, origins) !== null;
  return Object.fromEntries(Object.entries(without(registry.overrides, id)).filter(([name]) => isKept(name)));
}

function validate(
  action: string,
  id: string,
  fields: Fields,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): void {
  if (issues.length === 0) return;
  const named = issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
  const problems = describeProgramIssues(fields, named);
  const list = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  throw new HealerError('INVALID_CONFIG', `${action}: ${list}`, { id, issues: problems });
}

function notFound(verb: string, { programs }: Registry, id: string, origins: Origins): HealerError {
  const nearest = nearestWord(id, [...Object.keys(programs), ...origins.keys()]);
  const step = nearest === null ? 'use "healer add" to define it' : `did you mean "${nearest}"?`;
  return new HealerError('PROCESS_NOT_FOUND', `cannot ${verb} "${id}": program not found — ${step}`, {
    id,
    nearest,
  });
}
