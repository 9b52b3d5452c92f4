import type { Evidence, Finding } from '../../policy/anomaly/detector.ts';
import { responseToLeak } from '../../policy/anomaly/leak-response.ts';
import { afterLeak } from '../../policy/anomaly/run-memory.ts';
import type { FactOf } from '../../policy/lifecycle/facts.ts';
import type { DetectorName } from '../../protocol/event-kinds.ts';
import type { WatchedRun } from './watched-run.ts';

type Action = FactOf<'anomalyFound'>['action'];

/** An anomaly that persists is reported, and acted on, again after this time: healing may be possible by then. */
const REPORT_AGAIN_S = 30 * 60;
/** A slow leak lasts for days. */
const REPORT_SLOW_AGAIN_S = 24 * 3600;

interface Moment {
  readonly t: number;
  /** Local time, in minutes since midnight. */
  readonly minuteOfDay: number;
}

/** Returns what to report of a finding, and notes it in the run; null if there is nothing new to report. */
export function reportOf(
  watched: WatchedRun,
  name: DetectorName,
  finding: Finding,
  { t, minuteOfDay }: Moment,
): { readonly action: Action; readonly evidence: Evidence } | null {
  const { evidence, isSlow = false } = finding;
  if (evidence === null) return null;
  const action = actionOn(watched, name, finding, minuteOfDay);
  const last = watched.reports[name];
  const isUrgent = last?.action === 'log' && action !== 'log';
  const again = isSlow && action === 'log' ? REPORT_SLOW_AGAIN_S : REPORT_AGAIN_S;
  if (last !== undefined && !isUrgent && t - last.t < again) return null;
  watched.reports[name] = { t, action };
  if (name === 'leak') watched.memory = afterLeak(watched.memory, evidence, action !== 'log');
  return { action, evidence };
}

function actionOn(
  { anomaly, memory, restartWindow }: WatchedRun,
  name: DetectorName,
  finding: Finding,
  minuteOfDay: number,
): Action {
  const settings = anomaly[name];
  const action = 'action' in settings ? settings.action : 'log';
  if (name !== 'leak') return action;
  return responseToLeak(finding, { action, restartWindow, minuteOfDay, toleratedMb: memory.toleratedMb });
}
