import type { LibcResult } from '../../base/libc.ts';
import type { RunningEngine } from './running-engine.ts';

/** Shows in the status what this engine lacks: system calls, and what the limits of its caller prevent. */
export function noteShortcomings(
  { degradations }: Pick<RunningEngine, 'degradations'>,
  native: LibcResult,
  limits: readonly string[],
): void {
  if (native.libc === null) degradations.set('native', describeMissing(native.problem));
  if (limits.length > 0) degradations.set('limits', limits.join('; '));
}

function describeMissing(problem: string): string {
  return `system calls are not available (${problem}): starts are slower, and log lines may be lost when the engine is killed; reinstall healer with its optional packages`;
}
