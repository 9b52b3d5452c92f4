import type { ExitStatus } from '../../protocol/run.ts';

/** One execution to be done. Everything is resolved; nothing is looked up on the way. */
export interface LaunchRequest {
  /** Absolute path of the file to execute. */
  readonly file: string;
  /** With argv[0]. */
  readonly argv: readonly string[];
  /** NAME=value. */
  readonly env: readonly string[];
  readonly cwd: string;
  /** Opened by the child for reading and writing, so that no reader's death breaks its output. */
  readonly stdoutPath: string;
  readonly stderrPath: string;
}

/**
 * Executes a program in a session and process group of its own and gives its pid.
 * @throws HealerError SPAWN_FAILED with errno, path and what to do.
 */
export type Launch = (request: LaunchRequest) => number;

/** Called in the turn in which the child's end became known; several deaths at once are told in one go. */
export type ChildExits = (exits: readonly { readonly pid: number; readonly status: ExitStatus }[]) => void;

/** Starts programs and learns of their ends. */
export interface Launcher {
  readonly launch: Launch;
  close(): void;
}
