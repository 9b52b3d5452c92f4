import type { ProcessRow } from '../../../src/protocol/snapshot.ts';
import type { FaultBed } from '../bed.ts';
import type { CensusEntry } from '../census.ts';
import { definedIdOf, type Subject, SUBJECTS } from '../catalog.ts';
import type { Goal } from '../goals.ts';

/** Returns the programs that are not in their expected state, as sentences. */
export function programProblems(bed: FaultBed, rows: ReadonlyMap<string, ProcessRow>): readonly string[] {
  const census = bed.census();
  // An instance has the id of its definition for a moment.
  const known = new Set(SUBJECTS.flatMap((subject) => [subject.id, definedIdOf(subject)]));
  const unknown = census.filter(({ id }) => !known.has(id)).map(({ pid, id }) => `process ${pid} of unknown "${id}"`);
  return [
    ...unknown,
    ...SUBJECTS.flatMap((subject) => {
      const own = census.filter(({ id }) => id === subject.id);
      const row = rows.get(subject.id);
      if (row?.state === 'waiting' && own.length === 0 && lacksDependency(bed, subject)) return [];
      const problems = bed.goals.possible(subject.id).map((goal) => problemOf(subject, goal, row, own));
      return problems.includes(null) ? [] : [problems.filter((each) => each !== null).join(', or ')];
    }),
  ];
}

/** Returns whether a dependency of the program, direct or indirect, may be down. */
function lacksDependency(bed: FaultBed, { dependsOn }: Subject): boolean {
  return dependsOn.some((id) => {
    const dependency = SUBJECTS.find((each) => each.id === id);
    const isDown = bed.goals.possible(id).some((goal) => goal !== 'up');
    return isDown || (dependency !== undefined && lacksDependency(bed, dependency));
  });
}

/** Replaces open goals by those that match the current states. Must be called only if there are no `programProblems`. */
export function settleGoals(bed: FaultBed, rows: ReadonlyMap<string, ProcessRow>): void {
  const census = bed.census();
  for (const id of bed.goals.openIds) {
    const goals = bed.goals.possible(id);
    const subject = SUBJECTS.find((each) => each.id === id);
    if (subject === undefined) continue;
    const own = census.filter((entry) => entry.id === id);
    const fitting = goals.filter((goal) => problemOf(subject, goal, rows.get(id), own) === null);
    // The processes of a crasher are the same for several goals, so the state that the engine reports decides.
    const state = rows.get(id)?.state;
    const named = fitting.find((goal) => goal === state || (goal === 'stopped' && state === 'stopped'));
    bed.goals.expectOneOf(id, [named ?? fitting[0] ?? 'up']);
  }
}

function problemOf(
  { id, isSteady, helpers }: Subject,
  goal: Goal,
  row: ProcessRow | undefined,
  own: readonly CensusEntry[],
): string | null {
  const mains = own.filter(({ part }) => part === 'main');
  const seen = `${own.length} processes (${own.map(({ pid, part }) => `${part} ${pid}`).join(', ')})`;
  if (goal === 'removed') {
    return row === undefined && own.length === 0
      ? null
      : `"${id}" should be removed, but is ${row?.state ?? 'unknown'} with ${seen}`;
  }
  if (row === undefined) return `"${id}" is not known to the engine`;
  if (goal !== 'up') {
    return row.state === goal && own.length === 0
      ? null
      : `"${id}" should be ${goal}, but is ${row.state} with ${seen}`;
  }
  if (mains.length > 1) return `"${id}" runs ${mains.length} times: ${seen}`;
  if (own.length - mains.length > helpers) return `"${id}" has too many helpers: ${seen}`;
  if (!isSteady) return row.state === 'stopped' || row.state === 'disabled' ? `"${id}" is ${row.state}` : null;
  const isUp = row.state === 'running' && mains[0]?.pid === row.pid;
  return isUp ? null : `"${id}" should be running, but is ${row.state} (pid ${row.pid ?? 'none'}) with ${seen}`;
}
