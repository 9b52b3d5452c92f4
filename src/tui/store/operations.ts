import type { OperationResult } from '../../protocol/methods.ts';

/** What can be asked of programs, with the words of the dialogs and messages. */
interface OperationWords {
  readonly verb: string;
  /** The CLI command that does the same, without the ids. */
  readonly command: string;
  readonly note: string;
  /** `always`: destroys something. `several`: only worth a question for more than one program. */
  readonly asks: 'never' | 'several' | 'always';
}

export const OPERATIONS = {
  start: { verb: 'Start', command: 'healer start', note: '', asks: 'never' },
  stop: { verb: 'Stop', command: 'healer stop', note: 'it stays stopped until it is started', asks: 'always' },
  kill: { verb: 'Kill', command: 'healer kill', note: 'SIGKILL at once; healing decides what follows', asks: 'always' },
  restart: { verb: 'Restart', command: 'healer restart', note: '', asks: 'several' },
  pause: { verb: 'Pause', command: 'healer pause', note: '', asks: 'never' },
  resume: { verb: 'Resume', command: 'healer resume', note: '', asks: 'never' },
  cooldownReset: {
    verb: 'End the cooldown of',
    command: 'healer cooldown reset',
    note: 'it is started at once',
    asks: 'several',
  },
} as const satisfies Readonly<Record<string, OperationWords>>;

export type Operation = keyof typeof OPERATIONS;

export function asksFirst(operation: Operation, targetCount: number): boolean {
  const { asks } = OPERATIONS[operation];
  return asks === 'always' || (asks === 'several' && targetCount > 1);
}

/** What became of an operation on one program. */
export type Outcome =
  | { readonly kind: 'done'; readonly result: OperationResult }
  | { readonly kind: 'refused'; readonly id: string; readonly message: string };

export function commandLine(operation: Operation, ids: readonly string[]): string {
  const shown = ids.length > 3 ? [...ids.slice(0, 2), `(${ids.length - 2} more)`] : ids;
  return [OPERATIONS[operation].command, ...shown].join(' ');
}
