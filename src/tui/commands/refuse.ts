import { plainMessage } from '../store/messages.ts';
import type { State } from '../state/state.ts';
import { become, type Response } from './response.ts';

/** Shows why a command cannot be performed. */
export function refuse(state: State, text: string): Response {
  return become({ ...state, message: plainMessage(text, 'bad', state.nowMs) });
}

/** Returns why nothing can be changed now, such as a read-only screen or a lost connection; null if it can. */
export function reasonNotToAct(state: State, what: string): string | null {
  if (state.readOnly) return `${what}: this screen is read-only; open it without --read-only to make changes`;
  if (state.connection.kind !== 'live') return `${what}: the engine is not responding; nothing was changed`;
  return null;
}
