import { prependLog } from '../state/log-history.ts';
import { type CleanLine, findInLog } from '../state/log-view.ts';
import type { State } from '../state/state.ts';
import { plainMessage } from './messages.ts';
import { selectLogHeight } from './selectors.ts';

/** Older lines of a log that were read. */
interface OlderLines {
  readonly id: string;
  readonly lines: readonly CleanLine[];
  readonly older: string | null;
  readonly nowMs: number;
}

/** Adds older lines to the log, and continues what is sought in them until it is found or the log begins. */
export function takeOlder(state: State, { id, lines, older, nowMs }: OlderLines): State {
  if (state.log.ids.length !== 1 || state.log.ids[0] !== id) return state;
  const { seek, match, search } = state.log;
  const log = prependLog(state.log, lines, older);
  if (seek === null) return { ...state, log };
  if (seek === 'beginning') {
    const top = log.lines[0]?.number ?? 0;
    return { ...state, log: { ...log, top, wantsOlder: older !== null, seek: older === null ? null : seek } };
  }
  const count = log.lines.length + log.unheld - state.log.lines.length - state.log.unheld;
  const added = { ...log, lines: log.lines.slice(0, count), match: null };
  const found = findInLog(added, -1, selectLogHeight(state));
  if (found !== null)
    return { ...state, log: { ...log, seek: null, match: found.match, top: found.top, isFollowing: false } };
  if (older !== null) return { ...state, log: { ...log, wantsOlder: true } };
  const text = `no ${match === null ? '' : 'earlier '}line contains "${search}" (searched to the beginning of the log)`;
  return { ...state, log: { ...log, seek: null }, message: plainMessage(text, 'info', nowMs) };
}
