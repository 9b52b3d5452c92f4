import type { ProcessIdentity } from '../../../base/process-identity.ts';
import type { LogLine } from '../../../protocol/log-line.ts';
import type { ProcessSpec } from '../../../protocol/process-spec.ts';
import type { ExitStatus, RunRef } from '../../../protocol/run.ts';

export type OutputStream = LogLine['stream'];
export type LogSettings = ProcessSpec['logs'];

/** The two FIFOs of a run. The program itself opens them for reading and writing, as stdout and stderr. */
export interface RunPipes {
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** Through which the program says that it is ready, if it does so. */
  readonly readyPath?: string;
}

/** How a program says through its pipe that it is ready: by this message of Node.js, or by any line. */
export interface ReadyLine {
  readonly message?: string;
}

/** What a program has sent to its notification socket, or has stated about itself before. See sd_notify(3). */
export interface ProgramNotice {
  /** Null if its sender belongs to no run that the log collector knows. */
  readonly run: RunRef | null;
  /** The sender, as the kernel knows it; 0 for what was sent before. */
  readonly pid: number;
  /** Lines NAME=VALUE. */
  readonly text: string;
  /** Whether it was sent before this engine started. */
  readonly isRepeated?: boolean;
}

export interface FollowRequest extends RunRef, ProcessIdentity {
  /** Null for an adopted unmanaged process: its exit is watched, but its output goes elsewhere. */
  readonly pipes: RunPipes | null;
  readonly log: LogSettings;
  readonly ready?: ReadyLine;
  /** Whether the run exited while no engine was running. Its output was lost if no process had its pipes open. */
  readonly exitedUnseen?: boolean;
  /**
   * Wall-clock time in ms at which the run started; null for a run of an earlier engine, whose start is in the log. Without
   * it, the log does not show the run.
   */
  readonly startedAtWall?: number | null;
}

/** An exit that the log transport observed. `status` is null if the parent of the process reaped it first. */
export interface WitnessedExit extends RunRef {
  readonly pid: number;
  readonly status: ExitStatus | null;
  /** CPU time of the process and its reaped children; absent if its parent reaped it first, or in older log collectors. */
  readonly cpuSeconds?: number;
  /** Wall-clock time in ms. */
  readonly atWall: number;
}

/** Lines that could not be written. Reported when the gap begins (`toWall` null), and again with totals when it ends. */
export interface LogGap extends RunRef {
  /** Null if the number is unknown. */
  readonly lines: number | null;
  readonly bytes: number | null;
  readonly reason: string;
  readonly fromWall: number;
  readonly toWall: number | null;
}

/** Lines that a command of a program printed, for the log of its run. */
export interface LogNote extends RunRef {
  readonly log: LogSettings;
  readonly stream: OutputStream;
  readonly text: string;
}

/** Moves the output of programs into their log files. */
export interface LogTransport {
  /** The number of descriptors that the engine itself holds for each run. */
  readonly descriptorsPerRun: number;
  /** Returns whether the log collector can follow one more run within this limit of open files. */
  readonly hasRoom: (descriptorLimit: number) => boolean;
  /**
   * Creates and opens the FIFOs before the program starts, so that no output is lost even if it exits immediately.
   * @throws SystemCallError or an error of Node if they cannot be created
   */
  readonly prepare: (id: string, run: number, hasReadyPipe?: boolean) => RunPipes;
  /** Removes the FIFOs of a program that could not be started. */
  readonly discard: (id: string, run: number) => void;
  readonly follow: (request: FollowRequest) => void;
  /** Sockets that outlive this engine; null where they are not available. */
  readonly sockets: HeldSocketsLink | null;
  /** Resolves once all output written so far is in the log, after 1 s at the latest. */
  readonly ended: (id: string, run: number) => Promise<void>;
  /** Writes lines of healer's own into the log of a program, which may not be running. */
  readonly note: (note: LogNote) => void;
  /** Changes the log settings of all runs of a program. */
  readonly changeSettings: (id: string, log: LogSettings) => void;
  /** Returns false if files were removed that the next engine or log collector needs. */
  readonly isInPlace: () => boolean;
  /** Recreates these files. @throws the error of the system call that failed */
  readonly restore: () => void;
  /** Closes the transport; `quit` also terminates the log collector, once it has drained all pipes. */
  readonly close: (quit: boolean) => Promise<void>;
}

/** Hands sockets over to the log collector. */
export interface HeldSocketsLink {
  /**
   * Returns the value of NOTIFY_SOCKET for a program, which can connect from now on.
   * @param isOtherUser whether it runs as another user, who cannot enter the runtime folder
   * @throws SystemCallError
   */
  readonly noticeAddress: (isOtherUser: boolean) => string;
  readonly listening: (key: string) => number | null;
  readonly keys: () => readonly string[];
  readonly keep: (key: string, fd: number) => void;
  readonly drop: (key: string) => void;
  /**
   * Leaves a socket on which this engine listens to the next engine. Resolves once the log collector has it, or after 2 s without.
   * The descriptor stays with the caller.
   */
  readonly leave: (endpoint: string, fd: number) => Promise<void>;
  /** Returns the socket that the previous engine left for this endpoint, which then belongs to the caller; null without one. */
  readonly claim: (endpoint: string) => number | null;
  /** Closes the sockets that the previous engine left and that were not claimed. */
  readonly closeUnclaimed: () => void;
}

export interface LogTransportListener {
  /** A program has sent a notification. */
  readonly onNotice?: (notice: ProgramNotice) => void;
  /**
   * Called once for the exit of each followed run. For children of the engine itself `status` may be null, since the engine
   * reaps them.
   */
  readonly onExit: (exit: WitnessedExit) => void;
  readonly onGap: (gap: LogGap) => void;
  readonly onTrouble: (message: string) => void;
}

/** A started log transport, with what it knows from earlier engines. */
export interface StartedTransport {
  readonly transport: LogTransport;
  /** Exits that no engine observed. */
  readonly exits: readonly WitnessedExit[];
  /** Runs still followed from an earlier engine; the engine declares those that it does not know as ended. */
  readonly runs: readonly RunRef[];
  /** Whether the log collector of the previous engine is still alive. */
  readonly hasCollector: boolean;
}
