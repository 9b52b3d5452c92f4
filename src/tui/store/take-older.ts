import { prependLog } from '../state/log-history.ts';
import { findAbove, topPlace } from '../layout/log-place.ts';
import { type CleanLine, shownLines } from '../state/log-view.ts';
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
  if (seek === 'beginning') {
    const top = shownLines(log)[0]?.number ?? 0;
    return { ...state, log: { ...log, top, topRow: 0, wantsOlder: hasOlder, seek: hasOlder ? seek : null } };
  }
  const found = findAbove(log, shownLines(state.log)[0]?.number ?? 0, room);
  if (found !== null) return { ...state, log: { ...found, seek: null } };
  if (hasOlder) return { ...state, log: { ...log, wantsOlder: true } };
  const text = `no ${match === null ? '' : 'earlier '}line contains "${search}" (searched to the beginning of the log)`;
  return { ...state, log: { ...log, seek: null }, message: plainMessage(text, 'info', nowMs) };
}
