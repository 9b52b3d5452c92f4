import { isDeepStrictEqual } from 'node:util';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ConfigPlan, PlannedChange } from '../../protocol/results/config-plan.ts';

/** The difference between the current programs and those that the sources define. */
export interface SpecDiff {
  readonly added: readonly ProcessSpec[];
  readonly removed: readonly string[];
  /** The new specs of programs that keep running. */
  readonly changedInPlace: readonly ProcessSpec[];
  /** The new specs of programs that have to be restarted for the change to take effect. */
  readonly changedNeedsRestart: readonly ProcessSpec[];
  /** The names of the changed fields, by program. */
  readonly changedFields: ReadonlyMap<string, readonly (keyof ProcessSpec)[]>;
  readonly unchanged: readonly string[];
}

interface RemovalRule {
  readonly isComplete: boolean;
  readonly mayRemove?: (id: string) => boolean;
}

/** When a changed field takes effect: at once (`now`) or at the next start of the program (`start`). */
export const TAKES_EFFECT = {
  id: 'start',
  name: 'now',
  groups: 'now',
  command: 'start',
  args: 'start',
  type: 'now',
  pidFile: 'now',
  shell: 'start',
  cwd: 'start',
  env: 'start',
  inheritEnv: 'start',
  envFile: 'start',
  envFileDialect: 'start',
  user: 'start',
  group: 'start',
  umask: 'start',
  nice: 'start',
  rlimits: 'start',
  session: 'start',
  adopt: 'now',
  dependsOn: 'now',
  autostart: 'now',
  enabled: 'now',
  startSeconds: 'now',
  ready: 'start',
  watchdogMs: 'start',
  sockets: 'start',
  restart: 'now',
  stop: 'now',
  reload: 'now',
  limits: 'now',
  healing: 'now',
  healTimeoutMs: 'now',
  leftovers: 'now',
  logs: 'now',
  anomaly: 'now',
  zombies: 'now',
  health: 'now',
  instances: 'now',
  schedule: 'now',
  scheduling: 'now',
  maxRuntimeMs: 'now',
  onFleetLost: 'now',
  hooks: 'now',
  notify: 'now',
} as const satisfies Record<keyof ProcessSpec, 'now' | 'start'>;

const FIELDS = Object.keys(TAKES_EFFECT) as readonly (keyof ProcessSpec)[];

/**
 * Compares the current programs with those that the sources define.
 * @param isComplete false when part of a source could not be read. Then nothing is removed, because a typing error must
 *   not stop a program
 * @param mayRemove returns whether a missing program may be removed; replaces `isComplete`
 */
export function diffSpecs(
  current: ReadonlyMap<string, ProcessSpec>,
  next: ReadonlyMap<string, ProcessSpec>,
  { isComplete, mayRemove = () => isComplete }: RemovalRule,
): SpecDiff {
  const known = [...next.values()].flatMap((spec) => {
    const previous = current.get(spec.id);
    return previous === undefined ? [] : [{ spec, fields: changedFields(previous, spec) }];
  });
  const changed = known.filter(({ fields }) => fields.length > 0);
  const takesStart = ({ fields }: (typeof changed)[number]): boolean => fields.some(takesEffectAtStart);
  return {
    added: [...next.values()].filter(({ id }) => !current.has(id)),
    removed: [...current.keys()].filter((id) => !next.has(id) && mayRemove(id)),
    changedInPlace: changed.filter((change) => !takesStart(change)).map(({ spec }) => spec),
    changedNeedsRestart: changed.filter(takesStart).map(({ spec }) => spec),
    changedFields: new Map(changed.map(({ spec, fields }) => [spec.id, fields])),
    unchanged: known.filter(({ fields }) => fields.length === 0).map(({ spec }) => spec.id),
  };
}

/** Returns whether a run of the previous definition has to be restarted for the next one to take effect. */
export function needsRestart(previous: ProcessSpec, next: ProcessSpec): boolean {
  return changedFields(previous, next).some(takesEffectAtStart);
}

function takesEffectAtStart(field: keyof ProcessSpec): boolean {
  return TAKES_EFFECT[field] === 'start';
}

/** Returns the difference as clients see it. */
export function planOf(diff: SpecDiff): ConfigPlan {
  const change = ({ id }: ProcessSpec): PlannedChange => ({ id, fields: diff.changedFields.get(id) ?? [] });
  return {
    added: diff.added.map(({ id }) => id),
    removed: diff.removed,
    restarted: diff.changedNeedsRestart.map(change),
    changedInPlace: diff.changedInPlace.map(change),
    unchanged: diff.unchanged,
  };
}

export function changedFields(previous: ProcessSpec, next: ProcessSpec): readonly (keyof ProcessSpec)[] {
  return FIELDS.filter((field) => !isDeepStrictEqual(previous[field], next[field]));
}
