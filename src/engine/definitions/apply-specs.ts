import type { SpecDiff } from '../../config/sources/diff-specs.ts';
import type { SourcedSpec } from '../../config/reading/sourced-spec.ts';
import { isUp } from '../../policy/lifecycle/state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Engine } from '../core/engine.ts';
import { newProgram } from '../core/managed-program.ts';
import type { Records } from '../records/records.ts';

export interface SpecTarget {
  readonly engine: Engine;
  readonly records: Pick<Records, 'record' | 'recordEngineEvent' | 'commit'>;
  /** Stores the definition of a program. */
  readonly putSpec: (spec: ProcessSpec) => void;
}

/** Applies the difference between the current programs and those that the sources define. */
export function applySpecs(target: SpecTarget, diff: SpecDiff, sourced: readonly SourcedSpec[]): void {
  const { engine, records } = target;
  const origins = new Map(sourced.map(({ spec, origin }) => [spec.id, origin]));
  const originOf = (spec: ProcessSpec): string => origins.get(spec.id) ?? '';
  const { added, removed, changedInPlace, changedNeedsRestart } = diff;
  refreshOrigins(engine, origins);
  if (added.length + removed.length + changedInPlace.length + changedNeedsRestart.length === 0) return;
  records.recordEngineEvent(
    'config-changed',
    `the program definitions changed: ${String(added.length)} added, ${String(removed.length)} removed, ${String(changedInPlace.length)} changed in place, ${String(changedNeedsRestart.length)} to be restarted`,
    { added: added.map(({ id }) => id), removed },
  );
  for (const spec of added) add(target, spec, originOf(spec));
  // The last instance of several is removed first.
  for (const id of [...removed].reverse()) engine.post(id, { kind: 'removeRequested' });
  for (const spec of [...changedInPlace, ...changedNeedsRestart]) replace(target, spec, originOf(spec));
  for (const { id } of changedNeedsRestart) restartIfLive(engine, id);
}

function add({ engine, records, putSpec }: SpecTarget, spec: ProcessSpec, origin: string): void {
  putSpec(spec);
  engine.add(newProgram(spec), origin);
  records.record({ kind: 'added', process: spec.id, pid: null, reason: `defined in ${origin}`, data: {} });
  if (spec.enabled && spec.autostart) engine.post(spec.id, { kind: 'startRequested', by: 'boot' });
}

function replace({ engine, putSpec }: SpecTarget, spec: ProcessSpec, origin: string): void {
  const entry = engine.programs.get(spec.id);
  if (entry === undefined) return;
  putSpec(spec);
  const wasEnabled = entry.program.spec.enabled;
  engine.replaceSpec({ ...entry.program, spec }, origin);
  if (wasEnabled !== spec.enabled)
    engine.post(spec.id, { kind: spec.enabled ? 'enableRequested' : 'disableRequested' });
}

/** Updates origins: a definition may move to another line without changing. */
function refreshOrigins(engine: Engine, origins: ReadonlyMap<string, string>): void {
  for (const [id, origin] of origins) {
    const entry = engine.programs.get(id);
    if (entry !== undefined && entry.origin !== origin) engine.replaceSpec(entry.program, origin);
  }
}

/** Restarts a program that is active. A program that is not will use its new command when it is started. */
function restartIfLive(engine: Engine, id: string): void {
  const state = engine.programs.get(id)?.program.state;
  if (state === undefined) return;
  if (isUp(state) || state.name === 'paused' || state.name === 'backoff')
    engine.post(id, { kind: 'restartRequested', timeoutMs: null, by: 'config' });
}
