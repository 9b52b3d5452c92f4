import { formatDuration } from '../../base/duration.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ProgramCommand } from '../../protocol/spec/command-spec.ts';

/** Returns when a program is restarted, as in "on-failure, after 0 ms, 1 s, at most 5 attempts in a row". */
export function restartText({
  policy,
  backoffMs,
  maxAttempts,
  retryIndefinitely,
  indefiniteIntervalMs,
}: ProcessSpec['restart']): string {
  if (policy === 'never') return policy;
  const attempts = maxAttempts === null ? 'unlimited attempts' : `at most ${maxAttempts} attempts in a row`;
  const later =
    maxAttempts !== null && retryIndefinitely ? `, then one every ${formatDuration(indefiniteIntervalMs)}` : '';
  return `${policy}, after ${backoffMs.map(formatDuration).join(', ')}, ${attempts}${later}`;
}

/** Returns what makes a program ready, as in "log line \"listening\" within 1 m, else restart"; null for `startSeconds`. */
export function readyText({ ready }: ProcessSpec): string | null {
  if (ready === null) return null;
  const { timeoutMs, failAction, delayMs } = ready;
  if (delayMs !== undefined) return `up for ${formatDuration(delayMs)}`;
  return `${signOf(ready)} within ${formatDuration(timeoutMs)}, else ${failAction}`;
}

function signOf({ log, notify, fd, message }: NonNullable<ProcessSpec['ready']>): string {
  if (log !== undefined) return `log line ${JSON.stringify(log)}`;
  if (notify !== undefined) return 'READY=1 on NOTIFY_SOCKET';
  if (fd !== undefined) return `newline on descriptor ${fd}`;
  return message === undefined ? 'passed health check' : `message ${JSON.stringify(message)}`;
}

/** Returns how a program is reloaded. */
export function reloadText({ strategy, signal }: ProcessSpec['reload']): string {
  if (strategy === 'overlap') return 'overlap: a new run starts, and the old one is stopped once the new one is ready';
  return strategy === 'rolling' ? 'rolling: instances are restarted one after another' : signal;
}

/** Returns the listening sockets of a program, separated by commas; null if it has none. */
export function socketsText({ sockets }: ProcessSpec): string | null {
  return sockets.length === 0
    ? null
    : sockets.map(({ listen, name }) => `${listen}${name === undefined ? '' : ` (${name})`}`).join(', ');
}

/** Returns the hooks of a program with their commands; null if it has none. */
export function hooksText({ hooks }: ProcessSpec): string | null {
  const texts = Object.entries(hooks).map(([name, command]) => `${name}: ${commandText(command)}`);
  return texts.length === 0 ? null : texts.join('; ');
}

function commandText({ command, args }: ProgramCommand): string {
  return [command, ...args].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}

/** Returns how the schedule of a program is carried out where it is not the default; null otherwise. */
export function schedulingText({
  schedule,
  scheduling: { overlap, jitterMs, catchUp },
  restart,
}: ProcessSpec): string | null {
  if (schedule === null) return null;
  const parts = [
    restart.policy === 'never' ? `overlap ${overlap}` : null,
    jitterMs === 0 ? null : `delayed by up to ${formatDuration(jitterMs)}`,
    catchUp ? 'missed runs are caught up once' : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

/** Returns how a health check is counted; null without one. */
export function conditionText({ health }: ProcessSpec): string | null {
  if (health === null) return null;
  const { enabled, failures, consecutiveFailuresRequired, successesRequired } = health;
  if (!enabled) return 'disabled (health.enabled)';
  const failed = failures ?? `${consecutiveFailuresRequired} of ${consecutiveFailuresRequired}`;
  return `unhealthy after ${failed} failed checks, healthy after ${successesRequired} passed`;
}
