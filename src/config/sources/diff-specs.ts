import { isDeepStrictEqual } from 'node:util';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** What an edit of the sources asks for. */
export interface SpecDiff {
  readonly added: readonly ProcessSpec[];
  readonly removed: readonly string[];
  /** The new specs of programs that may go on running. */
  readonly changedInPlace: readonly ProcessSpec[];
  /** The new specs of programs that would still run the old way without a restart. */
  readonly changedNeedsRestart: readonly ProcessSpec[];
  /** The names of the fields that say something new, by program. */
  readonly changedFields: ReadonlyMap<string, readonly (keyof ProcessSpec)[]>;
  readonly unchanged: readonly string[];
}

/** When a changed field takes effect: `now`, or with the program's next `start`. */
export const TAKES_EFFECT = {
  id: 'start',
  name: 'now',
  command: 'start',
  args: 'start',
  shell: 'start',
  cwd: 'start',
  env: 'start',
  inheritEnv: 'start',
  envFile: 'start',
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
  notify: 'now',
} as const satisfies Record<keyof ProcessSpec, 'now' | 'start'>;

const FIELDS = Object.keys(TAKES_EFFECT) as readonly (keyof ProcessSpec)[];

/**
 * Compares the programs that are known with those that the sources name now.
 * @param isComplete false when a part of the sources could not be read. Nothing is removed then: a slip of the keyboard
 *   must not stop a program
 */
export function diffSpecs(
  current: ReadonlyMap<string, ProcessSpec>,
  next: ReadonlyMap<string, ProcessSpec>,
  { isComplete }: { readonly isComplete: boolean },
): SpecDiff {
  const known = [...next.values()].flatMap((spec) => {
    const before = current.get(spec.id);
    return before === undefined ? [] : [{ spec, fields: changedFields(before, spec) }];
  });
  const changed = known.filter(({ fields }) => fields.length > 0);
  const needsRestart = ({ fields }: { readonly fields: readonly (keyof ProcessSpec)[] }): boolean =>
    fields.some((field) => TAKES_EFFECT[field] === 'start');
  return {
    added: [...next.values()].filter(({ id }) => !current.has(id)),
    removed: isComplete ? [...current.keys()].filter((id) => !next.has(id)) : [],
    changedInPlace: changed.filter((change) => !needsRestart(change)).map(({ spec }) => spec),
    changedNeedsRestart: changed.filter(needsRestart).map(({ spec }) => spec),
    changedFields: new Map(changed.map(({ spec, fields }) => [spec.id, fields])),
    unchanged: known.filter(({ fields }) => fields.length === 0).map(({ spec }) => spec.id),
  };
}

function changedFields(before: ProcessSpec, after: ProcessSpec): readonly (keyof ProcessSpec)[] {
  return FIELDS.filter((field) => !isDeepStrictEqual(before[field], after[field]));
}
