import { HealerError } from '../../protocol/errors.ts';
import type { Origins } from '../reading/sourced-spec.ts';
import { isInstanceOf } from '../../base/instance-id.ts';
import { instanceCount } from '../reading/instance-count.ts';
import type { Fields } from '../reading/source-reading.ts';
import { fieldsOf, type Registry } from './registry-content.ts';

/**
 * Refuses a program whose id, or one of its instances' ids, belongs to another program: instances `web-0` and `web-1`
 * exclude a program called `web-0`.
 * @throws HealerError ALREADY_EXISTS naming both
 */
export function refuseTakenIds(verb: string, registry: Registry, id: string, origins: Origins): void {
  const group = Object.keys(registry.programs).find((program) => isAmong(id, program, registry));
  if (group !== undefined && fieldsOf(registry.programs, id) !== undefined) {
    const what = `cannot ${verb} "${id}": it is the id of an instance of "${group}", which is defined in the registry`;
    throw new HealerError('ALREADY_EXISTS', `${what} — choose another id`, { id, group });
  }
  for (let index = 0; index < instancesOf(registry, id); index++) {
    const instance = `${id}-${String(index)}`;
    const place = placeOfOther(instance, id, registry, origins);
    if (place === null) continue;
    const what = `cannot ${verb} "${id}": its instance "${instance}" would have the same id as a program defined in ${place}`;
    throw new HealerError('ALREADY_EXISTS', `${what} — change one of the ids`, { id, copy: instance, origin: place });
  }
}

/** Returns the program in the registry that an id is an instance of. */
export function groupOf(id: string, registry: Registry, origins: Origins): string | undefined {
  return Object.keys(registry.programs).find(
    (program) =>
      isInstanceOf(id, program) &&
      (origins.has(id) || isAmong(id, program, registry)) &&
      placeOfOther(id, program, registry, origins) === null,
  );
}

function isAmong(id: string, program: string, registry: Registry): boolean {
  return isInstanceOf(id, program) && Number(id.slice(program.length + 1)) < instancesOf(registry, program);
}

function instancesOf({ programs, overrides }: Registry, id: string): number {
  const fields: Fields = { ...fieldsOf(programs, id), ...fieldsOf(overrides, id) };
  const { instances } = fields;
  return typeof instances === 'number' || instances === 'max' ? instanceCount(instances) : 0;
}

/**
 * Returns where a program is defined whose id looks like that of an instance of `id`. Null when no program has that id,
 * or when it is in fact an instance.
 */
export function placeOfOther(instance: string, id: string, { programs }: Registry, origins: Origins): string | null {
  if (fieldsOf(programs, instance) !== undefined) return 'the registry';
  const place = origins.get(instance);
  if (place === undefined) return null;
  const own = [fieldsOf(programs, id) === undefined ? '' : 'registry', ...(origins.get(id) ?? '').split(', ')];
  return place.split(', ').some((part) => own.includes(part)) ? null : place;
}
