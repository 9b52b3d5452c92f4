import { formatDuration } from '../../base/duration.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

const STOP_TARGETS = {
  main: 'the main process',
  group: 'the process group',
  tree: 'the process tree',
} as const satisfies Record<ProcessSpec['stop']['target'], string>;

/** Returns how a program is stopped, as in "SIGTERM to the main process, SIGKILL to the tree after 30 s". */
export function stopText({ signal, sequence, command, target, gracefulTimeoutMs }: ProcessSpec['stop']): string {
  const steps = sequence ?? [[signal, gracefulTimeoutMs] as const];
  // Each signal waits for the time of the one before.
  const waits = steps.map(([, waitMs]) => ` after ${formatDuration(waitMs)}`);
  const words = [...steps.map(([name]) => name), 'SIGKILL to the tree'].map(
    (name, index) => `${name}${index === 0 ? ` to ${STOP_TARGETS[target]}` : (waits[index - 1] ?? '')}`,
  );
  if (command === null) return words.join(', ');
  const line = [command.command, ...command.args].join(' ');
  return `"${line}" for at most ${formatDuration(command.timeoutMs)}, then ${words.join(', ')}`;
}
