import type { SpecDiff } from '../../config/sources/diff-specs.ts';
import type { SourcedSpec } from '../../config/reading/sourced-spec.ts';
import { dependentsOf } from '../../policy/lifecycle/dependencies.ts';
import { isUp, runOf, withOutdated } from '../../policy/lifecycle/state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Engine } from '../core/engine.ts';
import { newProgram } from '../core/managed-program.ts';
import { endInOrder, whenEnded } from '../operations/end-in-order.ts';
import { restartInOrder } from '../operations/restart-in-order.ts';
import { rollChanged, rollingSeries } from '../operations/rolling.ts';
import type { Records } from '../records/records.ts';

export interface SpecTarget {
  readonly engine: Engine;
  readonly records: Pick<Records, 'record' | 'recordEngineEvent' | 'commit'>;
  /** Adopts what is already running of a program that was unknown before. Returns false if there is nothing. */
  readonly claimRunning?: (sourced: SourcedSpec) => boolean;
  /** Stores the files that define programs. */
  readonly putSources: (ups: readonly (readonly string[])[]) => void;
  /** Stores what identifies the text that all definitions were read from. */
  readonly putDigest: (digest: string) => void;
  /** Stores the definition of a program. */
  readonly putSpec: (spec: ProcessSpec, origin: string) => void;
}

/** Applies the difference between the current programs and those that the sources define. */
export function applySpecs(target: SpecTarget, diff: SpecDiff, sourced: readonly SourcedSpec[]): void {
  const { engine, records } = target;
  const origins = new Map(sourced.map(({ spec, origin }) => [spec.id, origin]));
  const originOf = (spec: ProcessSpec): string => origins.get(spec.id) ?? '';
  const { added, removed, changedInPlace, changedNeedsRestart } = diff;
  refreshOrigins(engine, origins);
  keepDefined(engine, origins);
  if (added.length + removed.length + changedInPlace.length + changedNeedsRestart.length === 0) return;
  records.recordEngineEvent(
    'config-changed',
    `the program definitions changed: ${String(added.length)} added, ${String(removed.length)} removed, ${String(changedInPlace.length)} changed in place, ${String(changedNeedsRestart.length)} to be restarted`,
    { added: added.map(({ id }) => id), removed },
  );
  for (const spec of added) add(target, spec, originOf(spec));
  removeInOrder(target, removed);
  for (const spec of changedInPlace) replace(target, spec, originOf(spec));
  for (const spec of changedNeedsRestart) replace(target, spec, originOf(spec), true);
  restartChanged(
    target,
    changedNeedsRestart.map(({ id }) => id),
  );
  // An edit is meant to fix a program that failed or waits for its next attempt.
  for (const spec of [...changedInPlace, ...changedNeedsRestart]) {
    if (mayStart(engine, spec, diff)) engine.post(spec.id, { kind: 'definitionChanged' });
  }
}

/**
 * Whether a change may start the program. Switching observe mode on starts nothing, for one program or for all. Switching it off
 * starts what it left unrestarted, not what failed.
 */
function mayStart(engine: Engine, { id, healing }: ProcessSpec, { changedFields }: SpecDiff): boolean {
  const isModeOnly = changedFields.get(id)?.every((field) => field === 'healing') === true;
  if (!isModeOnly) return true;
  return healing !== 'observe' && engine.programs.get(id)?.program.state.name === 'backoff';
}

/** Restarts the programs whose runs are outdated: an earlier engine was killed before, or its definition was changed since. */
export function restartOutdated(target: SpecTarget): void {
  const { engine, records } = target;
  if (engine.isShuttingDown) return;
  const ids = [...engine.programs.values()].flatMap(({ id, program }) =>
    runOf(program.state)?.outdated === true ? [id] : [],
  );
  if (ids.length === 0) return;
  const reason = `definitions were changed before this engine started; restarting ${ids.join(', ')}`;
  records.recordEngineEvent('config-changed', reason, { restarted: ids });
  restartChanged(target, ids);
}

function restartChanged(target: SpecTarget, ids: readonly string[]): void {
  const { engine } = target;
  const changed = ids.filter((id) => restartsAtOnce(engine, id));
  const series = rollingSeries(engine, 'restart', changed).filter((ids) => !restartsOthers(engine, ids));
  const rolled = new Set(series.flat());
  const others = changed.filter((id) => !rolled.has(id));
  restartInOrder(engine, new Set(others), (id, dependency) => {
    const reason = dependency === null ? {} : { with: dependency };
    engine.post(id, { kind: 'restartRequested', timeoutMs: null, by: 'config', ...reason });
    return whenEnded(engine, id);
  });
  for (const rolling of series) rollSeries(target, rolling);
}

/** Restarts the instances of a changed program one after another, and records where that ends early. */
function rollSeries({ engine, records }: SpecTarget, ids: readonly string[]): void {
  const restart = (id: string): void => {
    engine.post(id, { kind: 'restartRequested', timeoutMs: null, by: 'config' });
  };
  const onObstacle = (obstacle: string, left: readonly string[]): void => {
    if (left.length === 0) return;
    for (const id of left) noteOutdated(engine, id, false);
    const reason = `the change was not applied to ${left.join(', ')}: ${obstacle}; each keeps its run until it is restarted`;
    records.recordEngineEvent('config-changed', reason, { left });
    records.commit();
  };
  void rollChanged(engine, { ids, restart, onObstacle });
}

/** Whether other programs are restarted with one of these (`dependsOn[].restart`): then their order counts. */
function restartsOthers(engine: Engine, ids: readonly string[]): boolean {
  return dependentsOf(new Set(ids), (id) => engine.dependents.of(id)).restarted.size > 0;
}

/** Ids of programs that are removed once their dependents have exited, by engine. A later edit may define them again. */
const pendingRemovals = new WeakMap<Engine, Set<string>>();

/** Cancels pending removals of programs that are defined again. */
function keepDefined(engine: Engine, defined: ReadonlyMap<string, unknown>): void {
  const pending = pendingRemovals.get(engine) ?? [];
  for (const id of pending) if (defined.has(id)) pendingRemovals.get(engine)?.delete(id);
}

/** Removes dependents before their dependencies, and the last instance of several first. */
function removeInOrder({ engine }: SpecTarget, removed: readonly string[]): void {
  const pending = pendingRemovals.get(engine) ?? new Set();
  pendingRemovals.set(engine, pending);
  const ids = new Set(removed.filter((id) => !pending.has(id)));
  for (const id of ids) pending.add(id);
  const specs = [...engine.programs.values()].map(({ program }) => program.spec);
  endInOrder(ids, specs, (id) => {
    if (pending.delete(id)) engine.post(id, { kind: 'removeRequested' });
    return whenEnded(engine, id);
  });
}

function add({ engine, records, putSpec, claimRunning }: SpecTarget, spec: ProcessSpec, origin: string): void {
  putSpec(spec, origin);
  records.record({ kind: 'added', process: spec.id, pid: null, reason: `defined in ${origin}`, data: {} });
  if (claimRunning?.({ spec, origin }) === true) return;
  engine.add(newProgram(spec), origin);
  if (spec.enabled && spec.autostart) engine.post(spec.id, { kind: 'startRequested', by: 'added' });
}

/** Notes whether the next engine has to restart a program for its changed definition, if this one is killed before. */
function noteOutdated(engine: Engine, id: string, outdated: boolean): void {
  const entry = engine.programs.get(id);
  if (entry === undefined) return;
  const { program, origin } = entry;
  engine.replaceSpec({ ...program, state: withOutdated(program.state, outdated) }, origin);
}

function replace({ engine, putSpec }: SpecTarget, spec: ProcessSpec, origin: string, outdated = false): void {
  const entry = engine.programs.get(spec.id);
  if (entry === undefined) return;
  putSpec(spec, origin);
  const wasEnabled = entry.program.spec.enabled;
  const { program } = entry;
  engine.replaceSpec({ ...program, spec, ...(outdated && { state: withOutdated(program.state, true) }) }, origin);
  if (wasEnabled !== spec.enabled)
    engine.post(spec.id, { kind: spec.enabled ? 'enableRequested' : 'disableRequested' });
}

/** Records which fields of programs the registry overrides. */
export function noteOverrides(engine: Engine, sourced: readonly SourcedSpec[]): void {
  for (const { spec, overridden = [] } of sourced) {
    const entry = engine.programs.get(spec.id);
    if (entry === undefined || entry.overridden.join() === overridden.join()) continue;
    entry.overridden = overridden;
    engine.replaceSpec(entry.program, entry.origin);
  }
}

/** Updates origins: a definition may move to another line without changing. */
function refreshOrigins(engine: Engine, origins: ReadonlyMap<string, string>): void {
  for (const [id, origin] of origins) {
    const entry = engine.programs.get(id);
    if (entry !== undefined && entry.origin !== origin) engine.replaceSpec(entry.program, origin);
  }
}

/** Returns whether a program is restarted for a changed definition. One that is not active uses it when it is started. */
function restartsAtOnce(engine: Engine, id: string): boolean {
  const state = engine.programs.get(id)?.program.state;
  if (state === undefined) return false;
  const waitsForDisplay = state.name === 'waiting' && state.for === 'display';
  return isUp(state) || state.name === 'paused' || waitsForDisplay;
}
