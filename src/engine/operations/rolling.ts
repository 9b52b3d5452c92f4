import { baseOfInstance } from '../../base/instance-id.ts';
import { isStuck } from '../../policy/lifecycle/operation-rules.ts';
import { publicName, runOf } from '../../policy/lifecycle/state.ts';
import { statePhrase } from '../../protocol/process-state.ts';
import type { SelectedOperation } from '../../protocol/operations.ts';
import type { OperationOutcome } from '../../protocol/results/operation-result.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';

/** Added to the time that a program may take to become ready. */
const SLACK_MS = 10_000;

type RollingEngine = Pick<Engine, 'programs' | 'onChange'>;

/**
 * Returns the instances of programs that are restarted or reloaded one after another (`reload.strategy`), each program's as
 * one series. A program without other instances is no series.
 */
export function rollingSeries(
  { programs }: RollingEngine,
  operation: SelectedOperation,
  ids: readonly string[],
): readonly (readonly string[])[] {
  if (operation !== 'restart' && operation !== 'reload') return [];
  const series = new Map<string, string[]>();
  for (const id of ids) {
    const spec = programs.get(id)?.program.spec;
    const base = baseOfInstance(id);
    if (spec === undefined || spec.reload.strategy === 'signal' || base === null) continue;
    if (spec.env['HEALER_INSTANCE'] === undefined) continue;
    series.set(base, [...(series.get(base) ?? []), id]);
  }
  return [...series.values()].filter((each) => each.length > 1).map((each) => each.toSorted(byNumber));
}

function byNumber(a: string, b: string): number {
  return Number(a.slice(a.lastIndexOf('-') + 1)) - Number(b.slice(b.lastIndexOf('-') + 1));
}

/** Performs an operation on one program after another, each once the previous one is running. Ends at the first that is not. */
export async function roll(
  engine: RollingEngine,
  ids: readonly string[],
  perform: (id: string) => Promise<OperationOutcome>,
): Promise<OperationOutcome[]> {
  const outcomes: OperationOutcome[] = [];
  let obstacle: string | null = null;
  for (const id of ids) {
    if (obstacle !== null) {
      const message = `cannot continue with "${id}": ${obstacle}; it was left as it is`;
      outcomes.push({ id, ok: false, error: { code: 'INVALID_STATE', message } });
      continue;
    }
    const outcome = await perform(id);
    outcomes.push(outcome);
    obstacle = outcome.ok ? await obstacleOf(engine, id) : `"${id}" failed`;
  }
  return outcomes;
}

/** A series of instances that an edit restarts one after another. */
export interface ChangedSeries {
  readonly ids: readonly string[];
  /** Requests the restart of one of them. */
  readonly restart: (id: string) => void;
  /** Receives why the series ended early, and the instances that were not restarted. */
  readonly onObstacle: (obstacle: string, left: readonly string[]) => void;
}

/** The latest series of each program, by engine: a later edit replaces the series of an earlier one. */
const latestSeries = new WeakMap<RollingEngine, Map<string, ChangedSeries>>();

/** Restarts the instances of a changed program one after another, each once the previous one is running with the change. */
export async function rollChanged(engine: RollingEngine, series: ChangedSeries): Promise<void> {
  const { ids, restart, onObstacle } = series;
  const [first = ''] = ids;
  const known = latestSeries.get(engine) ?? new Map<string, ChangedSeries>();
  latestSeries.set(engine, known.set(first, series));
  for (const [index, id] of ids.entries()) {
    const state = engine.programs.get(id)?.program.state;
    const before = state === undefined ? undefined : runOf(state)?.number;
    restart(id);
    const obstacle = await obstacleOf(engine, id, before);
    if (known.get(first) !== series) return;
    if (obstacle === null) continue;
    onObstacle(obstacle, ids.slice(index + 1));
    break;
  }
  known.delete(first);
}

/**
 * Resolves with null once a program is running, and otherwise with the reason why it is not.
 * @param before the run that is being replaced; without it, the program was restarted already
 */
function obstacleOf(engine: RollingEngine, id: string, before?: number): Promise<string | null> {
  const entry = engine.programs.get(id);
  if (entry === undefined) return Promise.resolve(`"${id}" was removed`);
  const verdictOf = ({ program: { state, why } }: ManagedProgram): string | null | undefined => {
    const isOld = before !== undefined && (runOf(state)?.number ?? 0) === before;
    if (state.name === 'running') return isOld ? undefined : null;
    if (state.name === 'launching' || state.name === 'starting') return undefined;
    return state.name === 'stopping' && isOld && !isStuck(state)
      ? undefined
      : `"${id}" is ${statePhrase(publicName(state))} (${why})`;
  };
  const now = verdictOf(entry);
  if (now !== undefined) return Promise.resolve(now);
  const { ready, startSeconds, health, stop } = entry.program.spec;
  const signalsMs = stop.sequence?.reduce((sum, [, waitMs]) => sum + waitMs, 0) ?? stop.gracefulTimeoutMs;
  const stopMs = before === undefined ? 0 : (stop.command?.timeoutMs ?? 0) + signalsMs + stop.forceTimeoutMs;
  const startup = health?.startupCheck;
  const checksMs = startup === undefined ? 0 : startup.initialDelayMs + startup.checkIntervalMs * startup.maxAttempts;
  const patienceMs = Math.max(ready?.timeoutMs ?? 0, startSeconds * 1000, checksMs) + stopMs + SLACK_MS;
  return new Promise((resolve) => {
    const settle = (verdict: string | null): void => {
      clearTimeout(timer);
      stopWatching();
      resolve(verdict);
    };
    const onChange = (changed: ManagedProgram): void => {
      const verdict = changed.id === id ? verdictOf(changed) : undefined;
      if (verdict !== undefined) settle(verdict);
    };
    const stopWatching = engine.onChange.add(onChange);
    const timer = setTimeout(() => settle(`"${id}" does not become ready`), patienceMs);
  });
}
