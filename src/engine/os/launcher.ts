import type { ExitStatus } from '../../protocol/run.ts';

/** A program to execute, with everything resolved. */
export interface LaunchRequest {
  /** Absolute path of the file to execute. */
  readonly file: string;
  /** Includes argv[0]. */
  readonly argv: readonly string[];
  /** NAME=value. */
  readonly env: readonly string[];
  readonly cwd: string;
  /** Opened by the child for reading and writing, so that its output does not break when the reader exits. */
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** Further descriptors, opened in this order. Only some launchers support them. */
  readonly descriptors?: readonly PassedDescriptor[];
}

/** A descriptor of a program besides the standard streams. */
export interface PassedDescriptor {
  /** Its number in the program. */
  readonly fd: number;
  /** A file to open with these flags, or a descriptor of this process. */
  readonly source: { readonly path: string; readonly flags: number } | { readonly fd: number };
}

/**
 * Executes a program in a session and process group of its own, and returns its pid.
 * @throws HealerError SPAWN_FAILED with errno, path and a remedy
 */
export type Launch = (request: LaunchRequest) => number;

/** A child that exited and was reaped. */
export interface ChildExit {
  readonly pid: number;
  readonly status: ExitStatus;
  /** CPU time of the child and of the descendants that were reaped by their parents; absent where it is not reported. */
  readonly cpuSeconds?: number;
}

/** Receives exited children as soon as they are reaped. Simultaneous exits are passed in one call. */
export type ChildExits = (exits: readonly ChildExit[]) => void;

/** A process that was re-parented to the engine, exited and was reaped. */
export interface ReapedOrphan {
  readonly pid: number;
  readonly sessionId: number;
  readonly cpuSeconds: number;
}

export type OrphanExits = (orphan: ReapedOrphan) => void;

/** Starts programs and reports their exits. */
export interface Launcher {
  readonly launch: Launch;
  /** Reports the exit of a process that was re-parented to the engine. */
  expect(pid: number): void;
  close(): void;
}
