import type { SourcedSpec } from '../../config/reading/sourced-spec.ts';
import type { MarkedProcess } from '../os/instance-census.ts';
import type { AdoptionPorts, Heir } from './heirs.ts';

/**
 * Ends processes that carry a mark of this instance but belong to no current run: leftovers of previous runs, duplicates, and
 * programs that should not run. A program that no source defines is left alone as long as its main process runs.
 */
export async function endUnclaimed(
  heirs: readonly Pick<Heir, 'program' | 'outcome'>[],
  specs: readonly SourcedSpec[],
  isComplete: boolean,
  { census, endProcesses, followUnclaimed }: Pick<AdoptionPorts, 'census' | 'endProcesses' | 'followUnclaimed'>,
): Promise<void> {
  const claims = new Map(heirs.map(({ program, outcome }) => [program.spec.id, outcome]));
  const named = new Set(specs.map(({ spec }) => spec.id));
  // A program that is no longer defined is treated as its last definition says.
  const last = heirs.map(({ program }) => program).filter(({ spec }) => !named.has(spec.id));
  const leaving = new Set(
    [...specs, ...last].filter(({ spec }) => spec.leftovers === 'leave').map(({ spec }) => spec.id),
  );
  const unclaimed = census.processes.filter(({ owner: { id, kind, number, leaves } }) => {
    if (kind !== 'run' || leaving.has(id)) return false;
    const isKnown = named.has(id) || claims.has(id);
    if (!isKnown && leaves === true) return false;
    if (!isKnown && (!isComplete || census.mainOf(id) !== null)) return false;
    const outcome = claims.get(id) ?? { kind: 'none' };
    // The lifecycle terminates the leftover processes of an exited run.
    if (outcome.kind === 'ended') return false;
    return outcome.kind !== 'alive' || outcome.run.number !== number;
  });
  if (unclaimed.length === 0) return;
  const specsById = new Map([...heirs.map(({ program }) => program), ...specs].map(({ spec }) => [spec.id, spec]));
  const closing = [...runsOf(unclaimed)].flatMap((run) => {
    const spec = specsById.get(run.owner.id);
    return spec === undefined ? [] : [followUnclaimed(spec, run)];
  });
  await endProcesses(unclaimed);
  for (const close of closing) close();
}

/** Returns one process of each run. */
function runsOf(processes: readonly MarkedProcess[]): Iterable<MarkedProcess> {
  return new Map(processes.map((each) => [`${each.owner.id}.${String(each.owner.number)}`, each])).values();
}
