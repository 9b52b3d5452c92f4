import type { ProbeResult } from '../../policy/health.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

export type Check = NonNullable<ProcessSpec['health']>['check'];
export type CheckOf<Type extends Check['type']> = Extract<Check, { type: Type }>;

/** Where a command that checks a program is run: as the program itself is. */
export interface Surroundings {
  /** Names and values, with the mark by which a check's processes are known. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** What came back, without the time it took. */
export interface Answer extends Pick<ProbeResult, 'ok' | 'answer'> {
  /** What the program itself said to it, for the end of the sentence. */
  readonly said?: string;
}

/**
 * Asks once. Never rejects: what went wrong is the answer. When the signal fires all that was opened is closed, and
 * the promise settles soon: an answer that failed then is told to be late.
 */
export type Probe<C extends Check> = (check: C, signal: AbortSignal) => Promise<Answer>;

/** An answer that counts as well. */
export function passed(answer: string, said = ''): Answer {
  return { ok: true, answer, said };
}

/** An answer that counts as a failure, or none at all. */
export function missed(answer: string, said = ''): Answer {
  return { ok: false, answer, said };
}
