import type { Environment } from '../../base/environment.ts';
import type { DisplayView } from '../../policy/display.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { namesUsableDisplay } from '../os/desktop-session.ts';
import { isCurrent, type LaunchPlan, type LaunchSurroundings, planLaunch, variablesOf } from './launch-plan.ts';
import { describeNoSession } from './program-session.ts';

/**
 * Returns whether a run that is started now reaches a display, and if not, what it waits for.
 * @param known the plan of the last run, which is used again while it is current; every exit of a program needs this
 */
export function displayOf(spec: ProcessSpec, surroundings: LaunchSurroundings, known?: LaunchPlan): DisplayView {
  if (spec.session === 'none') return { isNamed: false, isReachable: true, hasOutput: true, reason: '' };
  let plan: LaunchPlan;
  try {
    plan = known?.spec === spec && isCurrent(known, surroundings) ? known : planLaunch(spec, surroundings);
  } catch (error) {
    const reason = error instanceof HealerError ? error.data['missingDisplay'] : undefined;
    // With any other obstacle, the start itself reports what is wrong.
    return { isNamed: false, isReachable: typeof reason !== 'string', hasOutput: true, reason: String(reason) };
  }
  const env = variablesOf(plan);
  const named = displayIn(env);
  const isOwn = named !== '' && named !== displayIn(surroundings.env);
  return {
    isNamed: named !== '',
    isReachable: namesUsableDisplay(env),
    hasOutput: true,
    reason: isOwn ? `"${named}" does not accept connections` : describeNoSession(plan.credentials),
  };
}

function displayIn({ WAYLAND_DISPLAY = '', DISPLAY = '' }: Environment): string {
  return WAYLAND_DISPLAY === '' ? DISPLAY : WAYLAND_DISPLAY;
}
