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
  const entries = [...engine.programs.values()];
  const live = entries.filter(({ program }) => runOf(program.state) !== null).map(({ id }) => id);
  if (keep) return { stopped: [], forced: [], kept: live, tookMs: tookMs() };
  // Those that wait to be started are stopped too, or they would start in the middle of it.
  const resting = ['stopped', 'disabled'];
  const targets = entries.filter(({ program }) => !resting.includes(program.state.name)).map(({ id }) => id);
  const outcomes = await Promise.allSettled(targets.map((id) => operations.request('stop', id, STOP)));
  const ended = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
  return {
    stopped: ended.filter(({ id }) => live.includes(id)).map(({ id }) => id),
    forced: ended.filter(({ forced }) => forced).map(({ id }) => id),
    kept: [],
    tookMs: tookMs(),
  };
}
