import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { FormPurpose } from '../state/form.ts';
import type { UiOperation, OperationParams } from '../state/ui-operations.ts';
import type { SignalTarget } from '../state/signals.ts';
import type { State } from '../state/state.ts';

/** A side effect that a command requests. */
export type Effect =
  | {
      readonly kind: 'operate';
      readonly operation: UiOperation;
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
  | { readonly kind: 'signal'; readonly target: SignalTarget; readonly signal: string }
  | { readonly kind: 'readZombies'; readonly clean: boolean }
  | { readonly kind: 'readAnomalies' }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'page'; readonly id: string }
  | { readonly kind: 'startEngine' }
  | { readonly kind: 'showFleet' }
  | { readonly kind: 'repaint' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'quit' };

/** The result of a command: the next state, and what has to be done. Commands are pure. */
export interface Response {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** Handles a key; `text` is what the key types. */
export type Command = (state: State, text: string) => Response;

/** Returns a new state without effects. */
export function become(state: State): Response {
  return { state, effects: [] };
}

/** Returns a state with one effect. */
export function perform(state: State, effect: Effect): Response {
  return { state, effects: [effect] };
}
