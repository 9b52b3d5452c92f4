import { plainMessage } from '../store/messages.ts';
import type { State } from '../state/state.ts';
import { become, type Response } from './response.ts';

/** Does nothing, and says why. */
export function refuse(state: State, text: string): Response {
  return become({ ...state, message: plainMessage(text, 'bad', state.nowMs) });
}

/** Why nothing can be changed now; null when it can be: never without an engine, never in a read-only screen. */
export function reasonNotToAct(state: State, what: string): string | null {
  if (state.readOnly) return `${what}: this screen is read-only; run it without --read-only to act`;
  if (state.connection.kind !== 'live') return `${what}: the engine does not answer; nothing was done`;
  return null;
}
