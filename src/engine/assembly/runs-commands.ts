import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** Returns whether the health check of a program runs a command, which may outlive the engine. */
export function runsCommands({ health }: ProcessSpec): boolean {
  return health?.check.type === 'exec';
}
