import { HealerError } from '../../protocol/errors.ts';
import { isInstanceOf } from './instance-id.ts';
import { type Fields, fieldsOf, type Registry } from './registry-content.ts';

/**
 * Instances `web-0`, `web-1` and a program called `web-0` cannot both be.
 * @param elsewhere programs that are defined elsewhere → where, instances among them
 * @throws HealerError ALREADY_EXISTS naming both
 */
export function refuseTakenIds(
  verb: string,
  registry: Registry,
  id: string,
  origins: ReadonlyMap<string, string>,
): void {
  const group = Object.keys(registry.programs).find((program) => isAmong(id, program, registry));
  if (group !== undefined && fieldsOf(registry.programs, id) !== undefined) {
    const what = `cannot ${verb} "${id}": it is the id of an instance of "${group}", which is defined in the registry`;
    throw new HealerError('ALREADY_EXISTS', `${what} — choose another id`, { id, group });
  }
  for (let index = 0; index < instancesOf(registry, id); index++) {
    const copy = `${id}-${String(index)}`;
    const place = placeOfOther(copy, id, registry, origins);
    if (place === null) continue;
    const what = `cannot ${verb} "${id}": its instance "${copy}" would have the id of a program that is defined in ${place}`;
    throw new HealerError('ALREADY_EXISTS', `${what} — give one of them another id`, { id, copy, origin: place });
  }
}

/** The program of the registry that an id is an instance of. */
export function groupOf(id: string, registry: Registry, origins: ReadonlyMap<string, string>): string | undefined {
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
  return typeof instances === 'number' ? instances : 0;
}

/**
 * Where a program is defined that is called as a copy of another would be, and is none. Null where nobody has the id, or
 * it is a copy that runs already.
 */
export function placeOfOther(
  copy: string,
  id: string,
  { programs }: Registry,
  origins: ReadonlyMap<string, string>,
): string | null {
  if (fieldsOf(programs, copy) !== undefined) return 'the registry';
  const place = origins.get(copy);
  if (place === undefined) return null;
  const own = [fieldsOf(programs, id) === undefined ? '' : 'registry', ...(origins.get(id) ?? '').split(', ')];
  return place.split(', ').some((part) => own.includes(part)) ? null : place;
}
