import type { ConfigProblem } from '../reading/config-problem.ts';
import { parseCron } from '../reading/cron.ts';
import { type MergedProgram, problemAt } from './merge-program.ts';

/** Schedules that are none. Their programs are known, and run without a planned restart. */
export function scheduleProblems(programs: readonly MergedProgram[]): ConfigProblem[] {
  return programs.flatMap(({ spec, definitions }) => {
    if (spec.schedule === null) return [];
    const parsed = parseCron(spec.schedule);
    if (parsed.ok) return [];
    const message = `"${spec.id}" has a schedule "${spec.schedule}" that is none: ${parsed.problem}`;
    const hint = 'write minute, hour, day, month, weekday, e.g. "0 4 * * *" for each day at 04:00';
    return [problemAt(definitions, ['schedule'], 'value', { message, hint })];
  });
}
