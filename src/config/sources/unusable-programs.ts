import { isInstanceOf } from '../../base/instance-id.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { parseCron } from '../reading/cron.ts';
import type { SourcedSpec } from '../reading/sourced-spec.ts';
import type { CombinedPrograms } from './combine-sources.ts';
import { patternProblem } from './ready-problems.ts';

/**
 * Returns the errors of each file whose programs all have errors that only show when the sources are combined: a circular or an
 * unknown dependency, an invalid schedule, or an invalid pattern of readiness.
 */
export function unusableTogether(
  { specs, problems }: Pick<CombinedPrograms, 'specs' | 'problems'>,
  files: readonly string[],
): readonly ConfigProblem[] {
  const usable = usableOf(specs);
  const isUsed = (file: string): boolean => usable.some(({ origin }) => origin.includes(`${file}:`));
  return files
    .filter((file) => !isUsed(file))
    .flatMap((file) => problems.filter((problem) => problem.file === file && problem.severity === 'error'));
}

/** Removes programs that cannot run as written, and then those that depend on them. */
function usableOf(specs: readonly SourcedSpec[]): readonly SourcedSpec[] {
  const left = specs.filter(({ spec }) => spec.dependsOn.every(({ id }) => isDefined(id, specs)) && isSound(spec));
  return left.length === specs.length ? left : usableOf(left);
}

function isDefined(id: string, specs: readonly SourcedSpec[]): boolean {
  return specs.some(({ spec }) => spec.id === id || isInstanceOf(spec.id, id));
}

function isSound({ schedule, ready }: ProcessSpec): boolean {
  const pattern = ready?.log;
  return (schedule === null || parseCron(schedule).ok) && (pattern === undefined || patternProblem(pattern) === null);
}
