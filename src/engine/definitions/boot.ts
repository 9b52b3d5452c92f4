import type { SourcedSpec } from '../../config/reading/sourced-spec.ts';
import { dueToStart, recall } from '../../policy/lifecycle/adoption.ts';
import { startOrder } from '../../policy/lifecycle/dependencies.ts';
import { runOf } from '../../policy/lifecycle/state.ts';
import type { Engine } from '../core/engine.ts';
import { newProgram } from '../core/managed-program.ts';
import { type BootPorts, findHeirs, findUnnamedHeirs, type Heir, withoutBlame } from './heirs.ts';
import type { Inheritance } from './inheritance.ts';
import { startedAfterShutdown } from './interrupted-shutdown.ts';
import { endUnclaimed } from './unclaimed.ts';

/** Programs started per turn: enough to be fast, few enough that clients are answered in between. */
const STARTS_PER_TURN = 25;

export interface BootOptions {
  readonly engine: Engine;
  readonly specs: readonly SourcedSpec[];
  /** False if some source could not be read in full: a program that is missing may still be defined there. */
  readonly isComplete: boolean;
  readonly inheritance: Inheritance;
  readonly ports: BootPorts;
  /** Stores a definition. What follows from its change is stored in the same turn, so that a kill cannot separate them. */
  readonly putSpec: (sourced: SourcedSpec) => void;
  /** Called for each running program that no source defines and that is kept. */
  readonly onUnlisted?: (id: string) => void;
  /** Called for each running main process that belongs to no program that a source defines or a state records. */
  readonly onUnknown?: (id: string, pid: number) => void;
  /** Called as programs are started, with their number so far. */
  readonly onProgress?: (started: number, total: number) => void;
}

/**
 * Adopts the programs that the previous engine left running, ends processes of this instance that belong to no program,
 * and starts the remaining programs. Running programs that no source defines are kept.
 */
export async function boot({
  engine,
  specs,
  isComplete,
  inheritance,
  ports,
  putSpec,
  onUnlisted,
  onUnknown,
  onProgress,
}: BootOptions): Promise<void> {
  const inOrder = dependenciesFirst(specs);
  const found = findHeirs(inOrder, inheritance, ports);
  const named = inheritance.isShutdownInterrupted ? found.map(startedAfterShutdown) : found;
  const heirs = withoutBlame([...named, ...findUnnamedHeirs(inOrder, isComplete, inheritance, ports)], ports);
  const known = new Set(named.map(({ program }) => program.spec.id));
  const fresh = inOrder.filter(({ spec }) => !known.has(spec.id));
  await endUnclaimed(heirs, specs, isComplete, ports);
  reportUnknown(heirs, specs, ports, onUnknown);
  const addFresh = (): void => {
    for (const sourced of fresh) {
      putSpec(sourced);
      engine.add(newProgram(sourced.spec), sourced.origin);
    }
  };
  if (fresh.length > 0) engine.together(addFresh);
  for (const heir of heirs) {
    const { program, origin, outcome, isNamed, isRemoved = false } = heir;
    const run = runOf(program.state);
    if (run !== null && (outcome.kind === 'ended' || outcome.kind === 'lost'))
      ports.recoverOutput(program.spec, { id: program.spec.id, run });
    // Before the decision, which may stop the program: its pipes must be held when it exits.
    if (outcome.kind === 'alive') ports.followAdopted(program.spec, { id: program.spec.id, run: outcome.run });
    if (isNamed) putSpec({ spec: program.spec, origin });
    const decision = recall(program, outcome, engine.circumstancesOf(program.spec));
    engine.addDecided(isNamed && isToStart(heir) ? dueToStart(decision) : decision, origin);
    if (isNamed) continue;
    if (isRemoved && isComplete) engine.post(program.spec.id, { kind: 'removeRequested' });
    else onUnlisted?.(program.spec.id);
  }
  const startedAgain = new Set(heirs.filter(isToStart).map(({ program }) => program.spec.id));
  const toStart = inOrder
    .map(({ spec }) => spec)
    .filter(({ id, enabled, autostart }) => (!known.has(id) && enabled && autostart) || startedAgain.has(id))
    .map(({ id }) => id);
  for (let start = 0; start < toStart.length && !engine.isShuttingDown; start += STARTS_PER_TURN) {
    onProgress?.(start, toStart.length);
    const batch = toStart.slice(start, start + STARTS_PER_TURN);
    engine.postAll(batch.map((id) => ({ id, fact: { kind: 'startRequested', by: 'boot' } })));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function reportUnknown(
  heirs: readonly Heir[],
  specs: readonly SourcedSpec[],
  { census }: BootPorts,
  onUnknown: BootOptions['onUnknown'],
): void {
  const known = new Set([...heirs.map(({ program }) => program.spec.id), ...specs.map(({ spec }) => spec.id)]);
  const unknown = new Set(census.processes.map(({ owner }) => owner.id).filter((id) => !known.has(id)));
  for (const id of unknown) {
    const main = census.mainOf(id);
    if (main !== null) onUnknown?.(id, main.pid);
  }
}

/** Returns whether the program was stopped by an interrupted shutdown, or its run was lost while it was not being stopped. */
function isToStart({ outcome, startsAgain, program: { state } }: Heir): boolean {
  if (startsAgain === true) return true;
  if (outcome.kind !== 'lost') return false;
  return state.name !== 'stopping' || (state.goal.kind !== 'stop' && state.goal.kind !== 'disable');
}

function dependenciesFirst(specs: readonly SourcedSpec[]): SourcedSpec[] {
  const byId = new Map(specs.map((sourced) => [sourced.spec.id, sourced]));
  return startOrder(specs.map(({ spec }) => spec)).flatMap((id) => byId.get(id) ?? []);
}
