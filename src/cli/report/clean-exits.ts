import { formatDuration } from '../../base/duration.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** A program that exits sooner after its start has hardly done its work. */
const AT_ONCE_MS = 1_000;
/** So many successful exits in a row, each followed by a restart, are a loop. */
const LOOP = 3;

const CAUSES =
  'Usual causes: the program moves itself to the background (run it in the foreground, or set type: forking), or it reads stdin, which is empty.';

/** Returns what is conspicuous about successful exits, with the usual causes; null if nothing is. */
export function findCleanExits({ restart, type }: ProcessSpec, events: readonly EngineEvent[]): string | null {
  const exits = events.filter(({ kind }) => kind === 'exited' || kind === 'crashed' || kind === 'spawn-failed');
  const last = exits.at(-1);
  if (last === undefined || !isClean(last, events)) return null;
  const clean = exits.slice(exits.findLastIndex((exit) => !isClean(exit, events)) + 1);
  const uptimeMs = Number(last.data['uptimeMs']);
  const causes = type === 'forking' ? 'It left no process in the background (type: forking).' : CAUSES;
  if (restart.policy === 'always' && clean.length >= LOOP) {
    const spanMs = Date.parse(last.time) - Date.parse(clean[0]?.time ?? last.time);
    return `It exited with code 0 ${String(clean.length)} times within ${formatDuration(spanMs)} and was restarted each time (restart policy "always"). ${causes}`;
  }
  if (uptimeMs >= AT_ONCE_MS) return null;
  return `It exited with code 0 only ${String(Math.round(uptimeMs))} ms after its start. ${causes}`;
}

/** Returns whether a program exited by itself, with code 0. */
function isClean({ kind, data, pid, seq }: EngineEvent, events: readonly EngineEvent[]): boolean {
  if (kind !== 'exited' || data['code'] !== 0 || typeof data['uptimeMs'] !== 'number') return false;
  return !events.some((event) => event.kind === 'stopping' && event.pid === pid && event.seq < seq);
}
