import { prependLog } from '../state/log-history.ts';
import { arriveAt, bookmarkAbove, needsOlderFor } from '../layout/log-jumps.ts';
import { findAbove, topPlace } from '../layout/log-place.ts';
import type { LogGoal } from '../state/log-goal.ts';
import { type CleanLine, type LogView, shownLines } from '../state/log-view.ts';
import type { State } from '../state/state.ts';
import { plainMessage } from './messages.ts';
import { selectLogRoom } from './selectors.ts';

/** Older lines of a log that were read. */
interface OlderLines {
  readonly id: string;
  readonly lines: readonly CleanLine[];
  readonly older: string | null;
  readonly nowMs: number;
}

/** Adds older lines to the log, and continues what is sought in them until it is found or the log begins. */
export function takeOlder(state: State, { id, lines, older, nowMs }: OlderLines): State {
  if (!state.log.ids.includes(id)) return state;
  const { seek, match, search } = state.log;
  const log = prependLog(state.log, { program: id, lines, older });
  const hasOlder = log.older.size > 0;
  const room = selectLogRoom(state);
  if (seek === null) {
    // Of several programs, one may add little above the screen.
    return { ...state, log: { ...log, wantsOlder: hasOlder && topPlace(log, room).index < room.height } };
  }
  if (seek.kind === 'goal') return takeTowards(state, log, seek.goal, nowMs);
  if (seek.kind === 'beginning') {
    const top = shownLines(log)[0]?.number ?? 0;
    return { ...state, log: { ...log, top, topRow: 0, wantsOlder: hasOlder, seek: hasOlder ? seek : null } };
  }
  const from = shownLines(state.log)[0]?.number ?? 0;
  const found = seek.kind === 'bookmark' ? bookmarkAbove(log, from, room) : findAbove(log, from, room);
  if (found !== null) return { ...state, log: { ...found, seek: null } };
  if (hasOlder) return { ...state, log: { ...log, wantsOlder: true } };
  if (seek.kind === 'bookmark')
    return { ...state, log: { ...log, seek: null }, message: plainMessage('no earlier bookmark', 'info', nowMs) };
  const text = `no ${match === null ? '' : 'earlier '}line contains "${search}" (searched to the beginning of the log)`;
  return { ...state, log: { ...log, seek: null }, message: plainMessage(text, 'info', nowMs) };
}

/** Reads on until the place is among the lines that are held, and goes there. */
function takeTowards(state: State, log: LogView, goal: LogGoal, nowMs: number): State {
  if (needsOlderFor(log, goal)) return { ...state, log: { ...log, wantsOlder: true } };
  const jump = arriveAt(log, goal, selectLogRoom(state));
  return { ...state, log: jump.log, message: plainMessage(jump.text, 'info', nowMs) };
}
