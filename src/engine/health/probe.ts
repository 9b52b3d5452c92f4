import type { ProbeResult } from '../../policy/health.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** The check of a health rule. */
export type Check = NonNullable<ProcessSpec['health']>['check'];
/** A check of one type: http, tcp or exec. */
export type CheckOf<Type extends Check['type']> = Extract<Check, { type: Type }>;

/** The environment of a command that checks a program, which is the program's own. */
export interface Surroundings {
  /** Includes the mark that identifies the processes of a check. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Tools that apply the user, limits and niceness of the program, and then execute the arguments that follow. */
  readonly through: readonly string[];
  /** Calls its argument, which starts the command, while the umask and limits of the engine are those of the program. */
  readonly start: <T>(start: () => T) => T;
  /** Kills the processes that the command started, in any process group or session. Returns those it left behind. */
  readonly endRest: (command: { readonly pid: number; readonly isRunning: boolean }) => readonly LeftBehind[];
}

/** A process that outlived the command that started it. */
export interface LeftBehind {
  readonly pid: number;
  readonly name: string;
}

/** The result of a probe without its latency. */
export interface Answer extends Pick<ProbeResult, 'ok' | 'answer'> {
  /** Output of a command, for the end of the sentence. */
  readonly output?: string;
  /** Resolves once the connection is closed, if it is still open when the answer is known. */
  readonly closing?: Promise<void>;
}

/**
 * Probes a program once. It never rejects: a failure is an answer. When `signal` aborts, it closes everything it opened and
 * resolves soon; a failed answer is then reported as a timeout.
 */
export type Probe<C extends Check> = (check: C, signal: AbortSignal) => Promise<Answer>;

/** Returns the answer of a probe that passed. */
export function passed(answer: string, output = ''): Answer {
  return { ok: true, answer, output };
}

/** Returns the answer of a probe that failed. An empty text means that there was no response. */
export function missed(answer: string, output = ''): Answer {
  return { ok: false, answer, output };
}
