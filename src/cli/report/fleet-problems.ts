import { existsSync } from 'node:fs';
import type { SourcedSpec } from '../../config/reading/sourced-spec.ts';
import type { ConfigProblem } from '../../protocol/results/config-plan.ts';
import type { Context } from '../command/context.ts';

/** Returns a warning for each program that is to be stopped without the fleet, on a host that belongs to no fleet. */
export function fleetProblems(
  specs: readonly Pick<SourcedSpec, 'spec' | 'origin'>[],
  { fleetFile }: Pick<Context['paths'], 'fleetFile'>,
): readonly ConfigProblem[] {
  const concerned = specs.filter(({ spec }) => spec.onFleetLost?.stop === true);
  if (concerned.length === 0 || existsSync(fleetFile)) return [];
  return concerned.map(({ spec, origin }) => ({
    severity: 'warning',
    ...placeOf(origin),
    column: null,
    message: `onFleetLost of "${spec.id}" has no effect: this host belongs to no fleet`,
    hint: 'join one with "healer fleet join LINE"',
  }));
}

/** Returns the first place of a definition. */
function placeOf(origin: string): Pick<ConfigProblem, 'file' | 'line'> {
  const [first = origin] = origin.split(', ');
  const [, file = first, line = null] = /^(.*):(\d+)$/.exec(first) ?? [];
  return { file, line: line === null ? null : Number(line) };
}
