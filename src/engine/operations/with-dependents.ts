import { dependentsOf } from '../../policy/lifecycle/dependencies.ts';
import { isUp, runOf } from '../../policy/lifecycle/state.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { Engine } from '../core/engine.ts';

/** Adds what happened to the dependents of a program that was stopped or restarted at `beganMs`, a monotonic time. */
export function withDependents(
  engine: Pick<Engine, 'programs' | 'dependents'>,
  result: OperationResult,
  operation: 'stop' | 'restart',
  beganMs: number,
): OperationResult {
  const { restarted, others } = dependentsOf(new Set([result.id]), (id) => engine.dependents.of(id));
  const keepsRunning = (id: string): boolean => {
    const state = engine.programs.get(id)?.program.state;
    return state !== undefined && isUp(state) && (runOf(state)?.startedAt.mono ?? Infinity) < beganMs;
  };
  const running = [...restarted, ...others].filter(keepsRunning);
  const again =
    operation === 'restart' ? [...restarted].filter((id) => !running.includes(id) && isComing(engine, id)) : [];
  if (running.length + again.length === 0) return result;
  return { ...result, dependents: { restarted: again, running } };
}

function isComing(engine: Pick<Engine, 'programs'>, id: string): boolean {
  const state = engine.programs.get(id)?.program.state;
  return state !== undefined && (state.name === 'waiting' || state.name === 'launching' || isUp(state));
}
