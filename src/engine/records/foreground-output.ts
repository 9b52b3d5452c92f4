import type { EngineEvent } from '../../protocol/engine-event.ts';

/** A line for a person who looks at the engine's own output: in the foreground it is all there is to see. */
function describeEvent({ time, kind, process: id, pid, reason }: EngineEvent): string {
  const subject = id === null ? '' : ` ${id}${pid === null ? '' : ` (pid ${String(pid)})`}`;
  return `${time} ${kind}${subject}: ${reason}\n`;
}

/** Writes to standard output until it is gone: the end of a terminal must not end the engine. */
export function createForegroundOutput(): (events: readonly EngineEvent[]) => void {
  let isOpen = true;
  process.stdout.on('error', () => {
    isOpen = false;
  });
  return (events) => {
    if (isOpen) process.stdout.write(events.map(describeEvent).join(''));
  };
}
