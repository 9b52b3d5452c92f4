import type { OperationOptions } from '../../policy/lifecycle/operation-rules.ts';
import { runOf } from '../../policy/lifecycle/state.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { ShutdownResult, StopFailure } from '../../protocol/results/shutdown-result.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { Watchers } from '../core/watchers.ts';
import { endInOrder } from './end-in-order.ts';
import type { OperationRunner } from './operation-runner.ts';

const STOP: OperationOptions = { graceful: true, timeoutMs: null, by: 'engine shutdown' };
const KILL: OperationOptions = { ...STOP, graceful: false };

export interface ShutdownOptions {
  /** Leaves the programs to the next engine. */
  readonly keep: boolean;
  /** Programs that are still running after this time are killed; null applies each program's own stop timeout. */
  readonly timeoutMs: number | null;
}

interface StoppedParts {
  readonly engine: Engine;
  readonly operations: OperationRunner;
  readonly clock: Clock;
  /** A later request demands that the shutdown takes at most this time more, in ms. */
  readonly onShortened?: Watchers<[timeoutMs: number]>;
  /** Receives the programs that are still running after a while. */
  readonly reportSlow?: (ids: readonly string[]) => void;
}

/** How long a shutdown may take before the remaining programs are reported. Most programs exit within this time. */
const SLOW_MS = 5_000;

/**
 * Stops all programs and waits for their exits. A program is stopped once all programs that depend on it have exited;
 * independent programs are stopped at the same time.
 */
export async function stopAll(
  { engine, operations, clock, onShortened, reportSlow }: StoppedParts,
  { keep, timeoutMs }: ShutdownOptions,
): Promise<ShutdownResult> {
  const began = clock.now().mono;
  const tookMs = (): number => Math.round(clock.now().mono - began);
  const running = liveOnes(engine);
  if (keep) return { stopped: [], forced: [], kept: running, tookMs: tookMs() };
  // Programs that are not running stay as they are: a cooldown outlives the engine.
  engine.suspendStarts();
  const specs = [...engine.programs.values()].map(({ program }) => program.spec);
  const endings = endInOrder(new Set(engine.programs.keys()), specs, (id) => stopIfLive(id, { engine, operations }));
  const ending = specs.flatMap(({ id }) => endings.get(id) ?? []);
  const deadline = createDeadline(clock, () => killAll(liveOnes(engine), operations));
  if (timeoutMs !== null) deadline.shorten(timeoutMs);
  const stopWatching = onShortened?.add((ms) => deadline.shorten(ms));
  const cancelReport = clock.after(SLOW_MS, () => reportSlow?.(liveOnes(engine)));
  await Promise.allSettled(ending);
  cancelReport();
  stopWatching?.();
  deadline.cancel();
  // What counts is what runs now, whatever the requests returned.
  const kept = liveOnes(engine);
  const alive = new Set(kept);
  const stopped = running.filter((id) => !alive.has(id));
  return {
    stopped,
    forced: stopped.filter((id) => engine.programs.get(id)?.wasForced === true),
    kept,
    ...(kept.length === 0 ? {} : { failed: kept.flatMap((id) => failureOf(engine, id)) }),
    tookMs: tookMs(),
  };
}

/** Creates a deadline that can only be moved forward. */
function createDeadline(clock: Clock, expire: () => void): { shorten: (ms: number) => void; cancel: () => void } {
  let at = Infinity;
  let cancel = (): void => undefined;
  return {
    shorten: (ms) => {
      const wanted = clock.now().mono + ms;
      if (wanted >= at) return;
      cancel();
      at = wanted;
      cancel = clock.after(ms, expire);
    },
    cancel: () => cancel(),
  };
}

function failureOf(engine: Engine, id: string): readonly StopFailure[] {
  const program = engine.programs.get(id)?.program;
  const run = program === undefined ? null : runOf(program.state);
  return program === undefined || run === null ? [] : [{ id, pid: run.pid, reason: program.why }];
}

function liveOnes(engine: Engine): string[] {
  return [...engine.programs.values()].filter(({ program }) => runOf(program.state) !== null).map(({ id }) => id);
}

async function stopIfLive(
  id: string,
  { engine, operations }: Omit<StoppedParts, 'clock'>,
): Promise<OperationResult | null> {
  const entry = engine.programs.get(id);
  if (entry === undefined || runOf(entry.program.state) === null) return null;
  return operations.request('stop', id, STOP);
}

function killAll(ids: readonly string[], operations: OperationRunner): void {
  for (const id of ids) operations.request('stop', id, KILL).catch(() => undefined);
}
