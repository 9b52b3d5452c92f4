import { compilePattern, PatternError } from '../../base/linear-pattern.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { type CombinedProgram, problemAt } from './combine-program.ts';

/** Returns a problem for each pattern in `ready.log` that cannot be used. Its program is kept, and is ready at once. */
export function readyProblems(programs: readonly CombinedProgram[]): ConfigProblem[] {
  return programs.flatMap(({ spec, definitions }) => {
    const source = spec.ready?.log;
    const problem = source === undefined ? null : patternProblem(source);
    if (problem === null) return [];
    const message = `"${spec.id}" has a pattern in ready.log that ${problem}`;
    return [problemAt(definitions, ['ready', 'log'], 'value', { message, hint: 'write, for example, "listening on"' })];
  });
}

/** Returns what is wrong with a pattern of `ready.log`; null if it can be used. */
export function patternProblem(source: string): string | null {
  try {
    compilePattern(source);
    return null;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}
