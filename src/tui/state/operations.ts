import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { ApiMethod } from '../../protocol/methods/methods.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';

/** What can be asked of programs, with the words of the dialogs and messages. */
interface OperationWords {
  readonly verb: string;
  /** What the engine is asked for, program by program. */
  readonly method: ApiMethod;
  /** The CLI command that does the same, without the ids. */
  readonly command: string;
  readonly note: string;
  /** `always`: destroys something. `several`: only worth a question for more than one program. */
  readonly asks: 'never' | 'several' | 'always';
  /** One program after the other, each only once the one before is up again. */
  readonly isRolling?: true;
}

export const OPERATIONS = {
  start: { verb: 'Start', method: 'start', command: 'healer start', note: '', asks: 'never' },
  stop: {
    verb: 'Stop',
    method: 'stop',
    command: 'healer stop',
    note: 'stays stopped until started',
    asks: 'always',
  },
  kill: {
    verb: 'Kill',
    method: 'kill',
    command: 'healer kill',
    note: 'SIGKILL at once; stays stopped until started',
    asks: 'always',
  },
  restart: { verb: 'Restart', method: 'restart', command: 'healer restart', note: '', asks: 'several' },
  rolling: {
    verb: 'Rolling restart of',
    method: 'restart',
    command: 'healer restart',
    note: 'one after the other, each once the one before is up',
    asks: 'several',
    isRolling: true,
  },
  reload: { verb: 'Reload', method: 'reload', command: 'healer reload', note: '', asks: 'several' },
  pause: { verb: 'Pause', method: 'pause', command: 'healer pause', note: '', asks: 'never' },
  resume: { verb: 'Resume', method: 'resume', command: 'healer resume', note: '', asks: 'never' },
  enable: { verb: 'Enable', method: 'enable', command: 'healer enable', note: '', asks: 'never' },
  disable: {
    verb: 'Disable',
    method: 'disable',
    command: 'healer disable',
    note: 'stopped, and not started until enabled, over reboots too',
    asks: 'always',
  },
  hold: {
    verb: 'Hold the healing of',
    method: 'hold',
    command: 'healer hold',
    note: 'faults are told, nothing is done',
    asks: 'never',
  },
  release: {
    verb: 'Heal again',
    method: 'release',
    command: 'healer release',
    note: 'faults are healed',
    asks: 'never',
  },
  cooldownReset: {
    verb: 'End the cooldown of',
    method: 'cooldownReset',
    command: 'healer cooldown reset',
    note: 'started at once',
    asks: 'several',
  },
  remove: {
    verb: 'Remove',
    method: 'remove',
    command: 'healer remove',
    note: 'stopped and forgotten',
    asks: 'always',
  },
} as const satisfies Readonly<Record<string, OperationWords>>;

export type Operation = keyof typeof OPERATIONS;

/** What goes along with the ids. */
export interface OperationParams {
  /** Of a hold; left out, it has no end. */
  readonly forMs?: number;
}

export function isRolling(operation: Operation): boolean {
  return 'isRolling' in OPERATIONS[operation];
}

export function asksFirst(operation: Operation, targetCount: number): boolean {
  const { asks } = OPERATIONS[operation];
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
  const { command } = OPERATIONS[operation];
  if (isRolling(operation)) return shown.map((id) => `${command} ${id}`).join(' && ');
  const end = forMs === undefined ? [] : ['--for', `${Math.round(forMs / 60_000)}m`];
  return [command, ...shown, ...end].join(' ');
}
