import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** Returns whether healer runs commands for a program, such as a health check or hooks, which may outlive the engine. */
export function runsCommands({ health, stop, hooks }: ProcessSpec): boolean {
  return health?.check.type === 'exec' || stop.command !== null || Object.keys(hooks).length > 0;
}
