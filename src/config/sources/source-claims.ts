import type { ConfigProblem } from '../reading/config-problem.ts';
import type { Definition, SourceReading } from '../reading/source-reading.ts';
import { isInstanceOf } from '../../base/instance-id.ts';
import { problemAt } from './combine-program.ts';
import type { Up } from './source-set.ts';

/** The file that defines each program in effect, by id. Instances appear under their own ids. */
export type Owners = ReadonlyMap<string, string>;

/** The definitions of each program after conflicts between the files of different `up` commands. */
export interface Claims {
  readonly byId: ReadonlyMap<string, readonly Definition[]>;
  /** Returns the number of the `up` that a program belongs to; null for a program that only the registry defines. */
  readonly upOf: (id: string) => number | null;
  /** One problem for each definition that is not used. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * Assigns each id to one `up`. An id that several of them define stays with its owner, or goes to the first, so that a new
 * or edited file never replaces a program of another project.
 */
export function settleClaims(readings: readonly SourceReading[], ups: readonly Up[], owners: Owners): Claims {
  const upOfFile = new Map(ups.flatMap((up, index) => up.map((file) => [file, index] as const)));
  const byId = groupById(readings);
  const problems: ConfigProblem[] = [];
  const upOfId = new Map<string, number>();
  for (const [id, definitions] of byId) {
    const claimed = definitions.filter(({ file, isOverride }) => !isOverride && upOfFile.has(file));
    const contenders = [...new Set(claimed.map(({ file }) => upOfFile.get(file) ?? 0))];
    const [first] = contenders;
    if (first === undefined) continue;
    const incumbent = upOfFile.get(owners.get(id) ?? '');
    const other = incumbent === undefined || contenders.includes(incumbent) ? null : groupHolding(id, incumbent);
    const winner = other !== null || contenders.includes(incumbent ?? -1) ? (incumbent ?? first) : first;
    upOfId.set(id, winner);
    const losers = claimed.filter(({ file }) => upOfFile.get(file) !== winner);
    if (losers.length === 0) continue;
    const holder = other ?? claimed.find(({ file }) => upOfFile.get(file) === winner);
    problems.push(...losers.map((loser) => conflictOf(loser, holder)));
    const kept = definitions.filter((definition) => !losers.includes(definition));
    byId.set(id, kept);
  }

  /** Returns the program of an `up` that has an instance with this id, if that is still defined. */
  function groupHolding(id: string, up: number): Definition | null {
    const all = [...byId.values()].flat();
    const group = all.find(
      ({ id: name, file, fields, isOverride }) =>
        !isOverride &&
        upOfFile.get(file) === up &&
        isInstanceOf(id, name) &&
        Number(id.slice(name.length + 1)) < Number(fields['instances'] ?? 0),
    );
    return group ?? null;
  }

  return { byId, upOf: (id) => upOfId.get(id) ?? null, problems };
}

function conflictOf(loser: Definition, holder: Definition | undefined): ConfigProblem {
  const place = holder?.origin ?? 'another source';
  const what = holder?.id === loser.id ? '' : `, as an instance of "${holder?.id ?? ''}"`;
  return problemAt([loser], [], 'key', {
    message: `"${loser.id}" is already defined in ${place}, which belongs to another "healer up"${what}`,
    hint: `change one of the ids, or stop using the other file with "healer down -f ${holder?.file ?? 'FILE'}"`,
  });
}

function groupById(readings: readonly SourceReading[]): Map<string, readonly Definition[]> {
  const byId = new Map<string, Definition[]>();
  for (const definition of readings.flatMap(({ definitions }) => definitions)) {
    const known = byId.get(definition.id);
    if (known === undefined) byId.set(definition.id, [definition]);
    else known.push(definition);
  }
  return byId;
}
