import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** One step of a graceful stop, and the time that the program gets to exit before the next one. SIGKILL follows the last. */
export type StopStep =
  | { readonly kind: 'command'; readonly waitMs: number }
  | { readonly kind: 'signal'; readonly signal: string; readonly waitMs: number };

export interface StopTime {
  /** Time from the first step to SIGKILL as requested, in ms; null if the definition decides. */
  readonly timeoutMs: number | null;
  /** Whether healing stops the program: its time is short, and a program that fails may not answer a command. */
  readonly isHealing: boolean;
}

/** Returns the steps of a graceful stop; at least one. */
export function stopSteps(stop: ProcessSpec['stop'], { timeoutMs, isHealing }: StopTime): readonly StopStep[] {
  const { signal, sequence, command, gracefulTimeoutMs } = stop;
  const signals: readonly StopStep[] =
    sequence === null
      ? [{ kind: 'signal', signal, waitMs: timeoutMs ?? gracefulTimeoutMs }]
      : sequence.map(([name, waitMs]) => ({ kind: 'signal', signal: name, waitMs }));
  const steps: readonly StopStep[] =
    command === null || isHealing ? signals : [{ kind: 'command', waitMs: command.timeoutMs }, ...signals];
  return timeoutMs === null ? steps : within(timeoutMs, steps, isHealing);
}

/** Returns the time that the steps take together, in ms. */
export function totalMs(steps: readonly StopStep[]): number {
  return steps.reduce((sum, { waitMs }) => sum + waitMs, 0);
}

/** Returns the longest time from a stop without a requested timeout to SIGKILL, in ms. */
export function stopTimeMs(stop: ProcessSpec['stop']): number {
  return totalMs(stopSteps(stop, { timeoutMs: null, isHealing: false }));
}

/** Shortens the steps to a total time. If they need less, the last one gets the rest, unless healing wants to be quick. */
function within(timeoutMs: number, steps: readonly StopStep[], isHealing: boolean): readonly StopStep[] {
  let leftMs = timeoutMs;
  const kept = steps.flatMap((step, index): StopStep[] => {
    if (index > 0 && leftMs <= 0) return [];
    const isLast = index === steps.length - 1 && !isHealing;
    const waitMs = isLast ? leftMs : Math.min(step.waitMs, leftMs);
    leftMs -= waitMs;
    return [{ ...step, waitMs }];
  });
  return kept;
}
