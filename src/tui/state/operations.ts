import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import { type OperationName, operationOf } from '../../protocol/operations.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';

/** An operation of the engine as the dialogs and messages show it. */
interface ShownOperation {
  readonly method: OperationName;
  /** What the operation has as a result, beside its question or message. */
  readonly note: string;
  /** The verb, where it is not that of the method. */
  readonly verb?: string;
  /** Performed on one program after the other, each once the previous one is up again. */
  readonly isRolling?: true;
}

const SHOWN = {
  start: { method: 'start', note: '' },
  stop: { method: 'stop', note: 'stays stopped until started' },
  kill: { method: 'kill', note: 'SIGKILL at once; stays stopped until started' },
  restart: { method: 'restart', note: '' },
  rolling: {
    method: 'restart',
    note: 'one after the other, each once the one before is up',
    verb: 'rolling restart of',
    isRolling: true,
  },
  reload: { method: 'reload', note: '' },
  pause: { method: 'pause', note: '' },
  resume: { method: 'resume', note: '' },
  enable: { method: 'enable', note: '' },
  disable: { method: 'disable', note: 'stopped, and not started until enabled, over reboots too' },
  hold: { method: 'hold', note: 'faults are told, nothing is done' },
  release: { method: 'release', note: 'faults are healed' },
  cooldownReset: { method: 'cooldownReset', note: 'started at once' },
  remove: { method: 'remove', note: 'stopped and forgotten' },
} as const satisfies Readonly<Record<string, ShownOperation>>;

export type Operation = keyof typeof SHOWN;

/** The words of a dialog or message about an operation, and the method that performs it. */
export interface OperationWords {
  /** Capitalized, as in `Stop web?`. */
  readonly verb: string;
  readonly note: string;
  readonly method: OperationName;
}

/** Returns the words for an operation. */
export function wordsOf(operation: Operation): OperationWords {
  const { method, note, verb = operationOf(method).verb }: ShownOperation = SHOWN[operation];
  return { verb: verb.charAt(0).toUpperCase() + verb.slice(1), note, method };
}

/** What goes along with the ids. */
export interface OperationParams {
  /** Of a hold; left out, it has no end. */
  readonly forMs?: number;
}

export function isRolling(operation: Operation): boolean {
  return 'isRolling' in SHOWN[operation];
}

export function asksFirst(operation: Operation, targetCount: number): boolean {
  const { asks } = operationOf(SHOWN[operation].method);
  return asks === 'always' || (asks === 'several' && targetCount > 1);
}

/** What became of an operation on one program. */
export type Outcome =
  | { readonly kind: 'done'; readonly id: string; readonly result: OperationResult | DefinitionResult }
  | { readonly kind: 'refused'; readonly id: string; readonly message: string };

const SHOWN_IDS = 3;

/** The command that does the same, as one would type it. */
export function commandLine(operation: Operation, ids: readonly string[], { forMs }: OperationParams = {}): string {
  const shown = ids.length > SHOWN_IDS ? [...ids.slice(0, 2), `(${ids.length - 2} more)`] : ids;
  const command = `healer ${operationOf(SHOWN[operation].method).command}`;
  if (isRolling(operation)) return shown.map((id) => `${command} ${id}`).join(' && ');
  const end = forMs === undefined ? [] : ['--for', `${Math.round(forMs / 60_000)}m`];
  return [command, ...shown, ...end].join(' ');
}
