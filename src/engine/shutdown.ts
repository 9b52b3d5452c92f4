import type { OperationOptions } from '../policy/lifecycle/operations.ts';
import { runOf } from '../policy/lifecycle/state.ts';
import type { ShutdownResult } from '../protocol/methods.ts';
import type { Clock } from './clock.ts';
import type { Engine } from './engine.ts';
import type { Operations } from './operations.ts';

const STOP: OperationOptions = { graceful: true, timeoutMs: null, by: 'shutdown of the engine' };

/** Stops every program at the same time and waits for all of them; `keep` leaves them to the next engine. */
export async function stopAll(
  engine: Engine,
  operations: Operations,
  clock: Clock,
  keep: boolean,
): Promise<ShutdownResult> {
  const began = clock.now().mono;
  const tookMs = (): number => Math.round(clock.now().mono - began);
  const live = [...engine.programs.values()].filter(({ program }) => runOf(program.state) !== null).map(({ id }) => id);
  if (keep) return { stopped: [], forced: [], kept: live, tookMs: tookMs() };
  // A cooldown outlives the engine, so what rests is left as it is.
  engine.suspendStarts();
  const outcomes = await Promise.allSettled(live.map((id) => operations.request('stop', id, STOP)));
  const ended = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
  return {
    stopped: ended.map(({ id }) => id),
    forced: ended.filter(({ forced }) => forced).map(({ id }) => id),
    kept: [],
    tookMs: tookMs(),
  };
}
