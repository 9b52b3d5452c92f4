import { waitFor } from '../../support/wait-for.ts';
import type { FaultBed } from '../bed.ts';
import { COOLDOWN } from '../catalog.ts';
import { readEvents } from '../invariants/events.ts';

/** How long the next engine may take to answer, on a busy machine. */
const ANSWER_MS = 30_000;
/** Restarts that leave the window while the engine answers are not expected. */
const LEAVING_MS = 300;
/** Restarts with these causes do not count, and with some of them the history starts over. */
const NOT_COUNTED = ['operator', 'config', 'cooldown', 'schedule'];
const STARTING_OVER = ['started', 'cooldown-started', 'cooldown-ended', 'removed'];

/** Returns the times, in ms since the epoch, of the recorded restarts of a program that count toward its cooldown. */
export function countedRestarts({ home: { paths } }: FaultBed, id: string): readonly number[] {
  const own = readEvents(paths.healingLog).filter(({ process, kind }) => process === id || kind === 'engine-stopping');
  const isUncounted = (cause: unknown): boolean => NOT_COUNTED.includes(String(cause));
  const last = own.findLastIndex(
    ({ kind, data }) =>
      kind === 'engine-stopping' ||
      STARTING_OVER.includes(kind) ||
      (kind === 'restarted' && isUncounted(data['cause'])),
  );
  return own
    .slice(last + 1)
    .filter(({ kind }) => kind === 'restarted')
    .map(({ time }) => Date.parse(time));
}

/**
 * Checks as soon as the next engine answers that it counts the restarts of the engine before it. Waiting for one restart too
 * many would take longer than the window on a busy machine.
 * @param killedAt when the engine before it was killed, in ms since the epoch
 */
export async function checkRemembered(
  bed: FaultBed,
  { id, expected, killedAt }: { id: string; expected: readonly number[]; killedAt: number },
): Promise<void> {
  const view = await waitFor(
    async () => (await bed.home.ask((api) => api.cooldowns({}))).find((each) => each.id === id),
    'the next engine to answer',
    ANSWER_MS,
  ).catch(() => undefined);
  // A clock that is changed moves what is recorded; damaged files may contain nothing of it.
  if (view === undefined || view.state === 'cooldown' || bed.isDamaged || bed.mode.hasFakeClock) return;
  const counted = expected.filter((time) => time > Date.now() - COOLDOWN.windowMs + LEAVING_MS);
  // Not those that this engine has made.
  const remembered = view.restarts.filter(({ at }) => Date.parse(at) < killedAt);
  bed.note(`the next engine remembers ${remembered.length} restarts of ${id}; expected: ${counted.length}`);
  if (remembered.length < counted.length)
    bed.problems.push(
      `the next engine counts ${remembered.length} earlier restarts of "${id}", but ${counted.length} were recorded within the window`,
    );
}
