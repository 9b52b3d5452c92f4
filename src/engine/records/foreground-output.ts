import type { EngineEvent } from '../../protocol/engine-event.ts';

/** One line per event; in the foreground it is the only output of the engine. */
function describeEvent({ time, kind, process: id, pid, reason }: EngineEvent): string {
  const subject = id === null ? '' : ` ${id}${pid === null ? '' : ` (pid ${String(pid)})`}`;
  return `${time} ${kind}${subject}: ${reason}\n`;
}

/** Returns a function that writes events to standard output until it is closed: closing the terminal must not end the engine. */
export function createForegroundOutput(): (events: readonly EngineEvent[]) => void {
  let isOpen = true;
  process.stdout.on('error', () => {
    isOpen = false;
  });
  return (events) => {
    if (isOpen) process.stdout.write(events.map(describeEvent).join(''));
  };
}
