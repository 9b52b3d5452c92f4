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
}

/**
 * Executes a program in a session and process group of its own, and returns its pid.
 * @throws HealerError SPAWN_FAILED with errno, path and a remedy
 */
export type Launch = (request: LaunchRequest) => number;

/** Receives exited children as soon as they are reaped. Simultaneous exits are passed in one call. */
export type ChildExits = (exits: readonly { readonly pid: number; readonly status: ExitStatus }[]) => void;

/** Starts programs and reports their exits. */
export interface Launcher {
  readonly launch: Launch;
  /** Reports the exit of a process that was re-parented to the engine. */
  expect(pid: number): void;
  close(): void;
}
