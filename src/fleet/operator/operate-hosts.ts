import { setImmediate } from 'node:timers/promises';
import { isPlainId } from '../../base/selector.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { type ErrorCode, HealerError, toHealerError } from '../../protocol/errors.ts';
import type { OperationOutcome } from '../../protocol/results/operation-result.ts';
import type { FleetPlan, HostOutcome, NamedHost, Outcome } from '../contract/outcomes.ts';
import type { HostCaller } from './call-host.ts';

/** Requests that wait for an answer at the same time. */
const MAX_AT_ONCE = 2_000;
/** Requests that are sent before answers are read. */
const PORTION = 64;
const MAX_MESSAGE = 500;

/** Options of the operation, as the method `operate` takes them. */
export type OperationOptions = Readonly<Record<string, unknown>>;

/** The part of the answer to one operation that is shown. */
interface Performed {
  readonly id?: unknown;
  readonly state?: unknown;
  readonly warnings?: unknown;
}

/** With these, nothing was done. */
const REFUSALS: readonly ErrorCode[] = [
  'FORBIDDEN',
  'NOT_ALLOWED_EXECUTABLE',
  'UNAUTHENTICATED',
  'HOST_COLLISION',
  'TOO_MANY_REQUESTS',
  'INVALID_CONFIG',
];

/**
 * Performs an operation on all hosts of a plan at once. Returns one outcome for each selected host, also for those that are
 * absent or refuse.
 * @param onOutcome called for each outcome as it arrives
 */
export async function operateHosts(
  caller: Pick<HostCaller, 'call'>,
  plan: FleetPlan,
  options: OperationOptions,
  onOutcome: (outcome: HostOutcome) => void,
): Promise<readonly HostOutcome[]> {
  const outcomes: HostOutcome[] = [];
  const note = (outcome: HostOutcome): void => {
    outcomes.push(outcome);
    onOutcome(outcome);
  };
  for (const { site, host, reason } of plan.refused) note(undone({ site, host }, 'refused', reason));
  for (const { site, host, presence } of plan.absent) note(undone({ site, host }, 'absent', presence));
  const waiting = [...plan.matched];
  const work = async (): Promise<void> => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      note(await operateHost(caller, target, plan, options));
    }
  };
  const workers: Promise<void>[] = [];
  for (let left = Math.min(MAX_AT_ONCE, waiting.length); left > 0; left--) {
    workers.push(work());
    // The first answers are read while the last requests are sent.
    if (left % PORTION === 0) await setImmediate();
  }
  await Promise.all(workers);
  return outcomes;
}

function undone(target: NamedHost, outcome: Outcome, message: string): HostOutcome {
  return { ...target, outcome, message, code: null, tookMs: null };
}

async function operateHost(
  caller: Pick<HostCaller, 'call'>,
  target: NamedHost,
  plan: FleetPlan,
  options: OperationOptions,
): Promise<HostOutcome> {
  const began = performance.now();
  const tookMs = (): number => Math.round(performance.now() - began);
  try {
    const { outcome, message, code } = judge(await perform(caller, target, plan, options));
    return { ...target, outcome, message, code, tookMs: tookMs() };
  } catch (error) {
    const { code, message, data } = toHealerError(error);
    const outcome = outcomeOf(code, data);
    const isAnswered = outcome !== 'absent' && outcome !== 'unknown';
    return { ...target, outcome, message: shown(message), code, tookMs: isAnswered ? tookMs() : null };
  }
}

/** A credential may be limited to single methods, so one id is operated on by the method of the operation. */
async function perform(
  caller: Pick<HostCaller, 'call'>,
  target: NamedHost,
  { operation, programs }: FleetPlan,
  options: OperationOptions,
): Promise<unknown> {
  const [only] = programs;
  if (programs.length === 1 && only !== undefined && isPlainId(only)) {
    try {
      return resultOf(await caller.call(target, operation, { id: only, ...options }));
    } catch (error) {
      // The id may stand for instances.
      if (toHealerError(error).code !== 'PROCESS_NOT_FOUND') throw error;
      return await caller.call(target, 'operate', { operation, select: programs, ...options }).then(resultOf, () => {
        throw error;
      });
    }
  }
  return resultOf(await caller.call(target, 'operate', { operation, select: programs, ...options }));
}

function resultOf(answer: Awaited<ReturnType<HostCaller['call']>>): unknown {
  if ('result' in answer) return answer.result;
  throw new HealerError('INTERNAL', 'the host did not answer the request');
}

interface Judgment {
  readonly outcome: Outcome;
  readonly message: string;
  readonly code: ErrorCode | null;
}

function judge(result: unknown): Judgment {
  if (!Array.isArray(result)) return { outcome: 'ok', message: stateText([result as Performed]), code: null };
  const outcomes = result as readonly OperationOutcome[];
  const failures = outcomes.flatMap((each) => (each.ok ? [] : [each.error]));
  const [first] = failures;
  if (first !== undefined) {
    const more = failures.length === 1 ? '' : ` (and ${String(failures.length - 1)} more)`;
    return { outcome: 'failed', message: shown(`${first.message}${more}`), code: first.code };
  }
  if (outcomes.length === 0) return { outcome: 'ok', message: 'nothing to do', code: null };
  return { outcome: 'ok', message: stateText(outcomes.flatMap((each) => (each.ok ? [each.result] : []))), code: null };
}

function stateText(results: readonly Performed[]): string {
  const states = results.slice(0, 5).map(({ id, state }) => `${String(id)} ${String(state)}`);
  const more = results.length > 5 ? ` and ${String(results.length - 5)} more` : '';
  const [warning] = results.flatMap(({ warnings }) => (Array.isArray(warnings) ? (warnings as readonly string[]) : []));
  return shown(`${states.join(', ')}${more}${warning === undefined ? '' : `; warning: ${warning}`}`);
}

function outcomeOf(code: ErrorCode, data: Readonly<Record<string, unknown>>): Outcome {
  if (data['absent'] === true) return 'absent';
  if (code === 'OUTCOME_UNKNOWN') return 'unknown';
  return REFUSALS.includes(code) || data['late'] === true ? 'refused' : 'failed';
}

/** What a host says is hostile. */
function shown(text: string): string {
  return sanitizeText(text).slice(0, MAX_MESSAGE);
}
