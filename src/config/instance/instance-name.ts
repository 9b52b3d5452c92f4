import { createHash } from 'node:crypto';

/** The environment variable that identifies the processes of a run, even after they left its group (docs/containment.md). */
export const MARK_VARIABLE = 'HEALER_MARK';

/** Returns the name with which each mark of an instance begins. It depends only on the state folder. */
export function instanceNameOf(stateDir: string): string {
  return createHash('sha256').update(stateDir).digest('hex').slice(0, 12);
}

/** Returns the name of the cgroup of an instance, under which the next engine finds it again. */
export function cgroupNameOf(stateDir: string): string {
  return `healer-${instanceNameOf(stateDir)}`;
}
