import type { ProcessIdentity } from '../../../base/process-identity.ts';
import type { LogLine } from '../../../protocol/log-line.ts';
import type { ProcessSpec } from '../../../protocol/process-spec.ts';
import type { ExitStatus, RunRef } from '../../../protocol/run.ts';

export type OutputStream = LogLine['stream'];
export type LogSettings = ProcessSpec['logs'];

/** The two FIFOs of a run. The program opens them itself, for reading and writing, as its fd 1 and 2. */
export interface RunPipes {
  readonly stdoutPath: string;
  readonly stderrPath: string;
}

export interface FollowRequest extends RunRef, ProcessIdentity {
  /** Null for a process that somebody else started: its end is watched, its output is not ours. */
  readonly pipes: RunPipes | null;
  readonly log: LogSettings;
}

/** An end of a run that the log transport saw. `status` is null when somebody else took it from the kernel first. */
export interface WitnessedExit extends RunRef {
  readonly pid: number;
  readonly status: ExitStatus | null;
  /** Wall clock in ms. */
  readonly atWall: number;
}

/** Lines that could not be written. Told when it begins (`toWall` null) and again, with the sums, when it is over. */
export interface LogGap extends RunRef {
  readonly lines: number;
  readonly bytes: number;
  readonly reason: string;
  readonly fromWall: number;
  readonly toWall: number | null;
}

/** Carries what programs write into their log files. */
export interface LogTransport {
  /**
   * Makes and opens the FIFOs before the program exists, so that nothing is lost of one that ends at once.
   * @throws SystemCallError or Node's own when there is no room for them.
   */
  readonly prepare: (id: string, run: number) => RunPipes;
  /** The program could not be started. */
  readonly discard: (id: string, run: number) => void;
  readonly follow: (request: FollowRequest) => void;
  /** Resolves when all that was written so far is in the file, after a second at the latest. */
  readonly ended: (id: string, run: number) => Promise<void>;
  /** Of all runs of a program, from now on. */
  readonly changeSettings: (id: string, log: LogSettings) => void;
  /** False when somebody removed what the next engine, or the next process that carries logs, needs to go on. */
  readonly isInPlace: () => boolean;
  /** Makes that again. @throws the error of the system call that failed */
  readonly restore: () => void;
  /** `quit` also ends what carries logs beyond the engine's life, once it has drained everything. */
  readonly close: (quit: boolean) => Promise<void>;
}

export interface LogTransportListener {
  /**
   * Of any followed run. The status of the engine's own children is known to the engine first-hand, and then this
   * may come with `status: null`. Each run's end is told once an engine.
   */
  readonly onExit: (exit: WitnessedExit) => void;
  readonly onGap: (gap: LogGap) => void;
  readonly onTrouble: (message: string) => void;
}

/** What a log transport gives at its start. */
export interface StartedTransport {
  readonly transport: LogTransport;
  /** Ends that no engine saw. */
  readonly exits: readonly WitnessedExit[];
  /** Runs that are still followed from an earlier engine; those it does not know the engine declares ended. */
  readonly runs: readonly RunRef[];
}
