import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import { type OperationName, operationOf } from '../../protocol/operations.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';

/** An operation of the engine as the dialogs and messages show it. */
interface OperationDisplay {
  readonly method: OperationName;
  /** The consequences, shown beside the question or the message. */
  readonly note: string;
  /** The verb, where it is not that of the method. */
  readonly verb?: string;
  /** Performed on one program after the other, each once the previous one is up again. */
  readonly isRolling?: true;
}

const SHOWN = {
  start: { method: 'start', note: '' },
  stop: { method: 'stop', note: 'stays stopped until started' },
  kill: { method: 'kill', note: 'sends SIGKILL; stays stopped until started' },
  restart: { method: 'restart', note: '' },
  rolling: {
    method: 'restart',
    note: 'one by one; waits until each is up',
    verb: 'rolling restart of',
    isRolling: true,
  },
  reload: { method: 'reload', note: '' },
  pause: { method: 'pause', note: '' },
  resume: { method: 'resume', note: '' },
  enable: { method: 'enable', note: '' },
  disable: { method: 'disable', note: 'stays off until enabled, across reboots' },
  hold: { method: 'hold', note: 'faults are still reported' },
  release: { method: 'release', note: 'faults are healed again' },
  cooldownReset: { method: 'cooldownReset', note: 'starts immediately' },
  remove: { method: 'remove', note: 'stops it and deletes its definition' },
} as const satisfies Readonly<Record<string, OperationDisplay>>;

export type UiOperation = keyof typeof SHOWN;

/** The words of a dialog or message about an operation, and the method that performs it. */
export interface OperationWords {
  /** Capitalized, as in `Stop web?`. */
  readonly verb: string;
  readonly note: string;
  readonly method: OperationName;
}

/** Returns the words for an operation. */
export function wordsOf(operation: UiOperation): OperationWords {
  const { method, note, verb = operationOf(method).verb }: OperationDisplay = SHOWN[operation];
  return { verb: verb.charAt(0).toUpperCase() + verb.slice(1), note, method };
}

/** Parameters besides the ids. */
export interface OperationParams {
  /** How long healing is paused; without it, until it is resumed. */
  readonly forMs?: number;
  /** Names the command that a request is part of, and the number of its requests. */
  readonly batch?: { readonly key: string; readonly size: number } | undefined;
}

/** Returns whether the operation handles one program after the other. */
export function isRolling(operation: UiOperation): boolean {
  return 'isRolling' in SHOWN[operation];
}

/** Returns whether the operation needs confirmation for this many programs. */
export function asksFirst(operation: UiOperation, targetCount: number): boolean {
  const { asks } = operationOf(SHOWN[operation].method);
  return asks === 'always' || (asks === 'several' && targetCount > 1);
}

/** The outcome of an operation on one program. */
export type OperationOutcome =
  | { readonly kind: 'done'; readonly id: string; readonly result: OperationResult | DefinitionResult }
  | { readonly kind: 'refused'; readonly id: string; readonly message: string };

const SHOWN_IDS = 3;

/** Returns the equivalent CLI command. */
export function commandLine(operation: UiOperation, ids: readonly string[], { forMs }: OperationParams = {}): string {
  const shown = ids.length > SHOWN_IDS ? [...ids.slice(0, 2), `(${ids.length - 2} more)`] : ids;
  const command = `healer ${operationOf(SHOWN[operation].method).command}`;
  if (isRolling(operation)) return shown.map((id) => `${command} ${id}`).join(' && ');
  const end = forMs === undefined ? [] : ['--for', `${Math.round(forMs / 60_000)}m`];
  return [command, ...shown, ...end].join(' ');
}
