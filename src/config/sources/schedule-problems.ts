import type { ConfigProblem } from '../reading/config-problem.ts';
import { parseCron } from '../reading/cron.ts';
import { type CombinedProgram, problemAt } from './combine-program.ts';

/** Returns a problem for each invalid schedule. Its program is kept, and runs without scheduled restarts. */
export function scheduleProblems(programs: readonly CombinedProgram[]): ConfigProblem[] {
  return programs.flatMap(({ spec, definitions }) => {
    if (spec.schedule === null) return [];
    const parsed = parseCron(spec.schedule);
    if (parsed.ok) return [];
    const message = `"${spec.id}" has an invalid schedule "${spec.schedule}": ${parsed.problem}`;
    const hint = 'write minute, hour, day, month, weekday, for example "0 4 * * *" for every day at 04:00';
    return [problemAt(definitions, ['schedule'], 'value', { message, hint })];
  });
}
