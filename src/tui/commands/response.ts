import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { FormPurpose } from '../state/form.ts';
import type { Operation, OperationParams } from '../state/operations.ts';
import type { State } from '../state/state.ts';

/** What a key asks of the world outside the state. */
export type Effect =
  | {
      readonly kind: 'operate';
      readonly operation: Operation;
      readonly ids: readonly string[];
      readonly params: OperationParams;
    }
  | { readonly kind: 'readDefinition'; readonly id: string }
  | {
      readonly kind: 'submit';
      readonly purpose: FormPurpose['kind'];
      readonly id: string;
      readonly values: DefinitionChanges;
    }
  | { readonly kind: 'readZombies'; readonly clean: boolean }
  | { readonly kind: 'readAnomalies' }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'page'; readonly id: string }
  | { readonly kind: 'startEngine' }
  | { readonly kind: 'repaint' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'quit' };

/** A command decides, it does nothing itself: the next state and what is to be done. */
export interface Response {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** `text` is what the key types. */
export type Command = (state: State, text: string) => Response;

/** The screen in another state, and nothing else to do. */
export function become(state: State): Response {
  return { state, effects: [] };
}

/** The same state, and one thing to do outside of the screen. */
export function perform(state: State, effect: Effect): Response {
  return { state, effects: [effect] };
}
