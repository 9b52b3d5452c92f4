import type { ClientApi } from '../../client/connection/engine-api.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { Action } from '../store/reduce.ts';
import { foundText, signalCommand, type SignalTarget } from '../state/signals.ts';
import { sanitizeError, sanitizeSignal } from './sanitize-incoming.ts';

/** Sends a signal to a process of a program, and returns the report of what was found afterwards. */
export async function sendSignal(api: ClientApi, target: SignalTarget, signal: string): Promise<Action> {
  const { id, pid, startTicks } = target;
  try {
    const identity = { pid, ...(startTicks === null ? {} : { startTicks }) };
    const text = foundText(sanitizeSignal(await api.signal({ id, signal, ...identity })));
    return { kind: 'reported', text, tone: 'good', command: signalCommand(target, signal), nowMs: Date.now() };
  } catch (error) {
    return { kind: 'reported', text: sanitizeError(toHealerError(error)).message, tone: 'bad', nowMs: Date.now() };
  }
}
