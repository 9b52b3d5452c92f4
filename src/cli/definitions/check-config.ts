import { sanitizeText } from '../../base/sanitize-text.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { Context } from '../command/context.ts';
import { alertProblems } from '../report/alert-problems.ts';
import { fleetProblems } from '../report/fleet-problems.ts';
import { describeProblem } from '../output/plan.ts';
import { filesOfUp, resolveSourceFiles } from './source-files.ts';

/** Reports every problem in the files without starting anything. Returns the exit code. */
export async function checkConfig({ terminal, paths, env }: Context, given: readonly string[]): Promise<number> {
  // Named files are checked by themselves.
  const alerts = given.length === 0 ? await alertProblems({ paths, env }) : [];
  const ups = given.length === 0 ? await filesOfUp(paths) : [await resolveSourceFiles(given, paths.configDir)];
  const files = ups.flat();
  if (files.length === 0 && alerts.length === 0) {
    const message = 'no healer.yaml or process_list.txt found in the current folder or the config folder — name a file';
    throw new HealerError('INVALID_CONFIG', message);
  }
  const { checkFiles, combineFiles } = await import('../../config/sources/combine-sources.ts');
  const { specs, problems: ofPrograms } =
    given.length === 0 ? await checkFiles(ups, paths.registryFile, env) : await combineFiles(ups, env);
  const problems = [...ofPrograms, ...fleetProblems(specs, paths), ...alerts];
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  if (terminal.json) terminal.printJson({ files, programs: specs.map(({ spec }) => spec.id), problems });
  else {
    for (const problem of problems) terminal.print(sanitizeText(describeProblem(problem)));
    const found = [count(errors, 'error'), count(warnings, 'warning'), count(specs.length, 'usable program')];
    terminal.print(
      `${files.length === 0 ? 'no program files' : files.map(sanitizeText).join(', ')}: ${found.join(', ')}`,
    );
  }
  return errors > 0 ? 1 : 0;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
