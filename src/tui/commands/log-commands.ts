import { bottomIndex, findInLog, holdStill, type LogRoom, toggleFollow, topPlace } from '../layout/log-place.ts';
import { type LogView, nextStream, nextTimes, shownLines, toggleMute } from '../state/log-view.ts';
import { nextLevel } from '../state/structured-output.ts';
import { plainMessage } from '../store/messages.ts';
import { selectLogRoom } from '../store/selectors.ts';
import type { State } from '../state/state.ts';
import { become, type Command } from './response.ts';

const COLUMN_STEP = 16;

function inLog(change: (log: LogView, room: LogRoom) => LogView): Command {
  return (state) => become({ ...state, log: change(state.log, selectLogRoom(state)) });
}

/** Moves to the next or previous matching line, searching older lines too, or reports that there is none. */
export function goToMatch(state: State, direction: 1 | -1): State {
  const { log } = state;
  if (log.search === '') {
    return { ...state, message: plainMessage('no search text: press / to enter one', 'info', state.nowMs) };
  }
  const found = findInLog(log, direction, selectLogRoom(state));
  // Before the search wraps around to the end, older lines are read.
  const wraps = direction === -1 && (found === null || (log.match !== null && (found.match ?? 0) >= log.match));
  if (wraps && log.older.size > 0) {
    const text = `searching older lines for "${log.search}" (any key stops)`;
    const message = plainMessage(text, 'info', state.nowMs);
    return {
      ...state,
      message,
      log: { ...holdStill(log, selectLogRoom(state)), wantsOlder: true, seek: { kind: 'match' } },
    };
  }
  if (found !== null) return { ...state, log: found };
  const where = log.unheld > 0 || log.older.size > 0 ? ` in the ${String(log.lines.length)} lines that were read` : '';
  return { ...state, message: plainMessage(`no line contains "${log.search}"${where}`, 'info', state.nowMs) };
}

function showMatchesOnly(state: State): State {
  if (state.log.search === '') return goToMatch(state, 1);
  return { ...state, log: { ...state.log, matchesOnly: !state.log.matchesOnly } };
}

/** Scrolls sideways, until all lines on the screen have ended. */
function scrollColumns(by: number): Command {
  return inLog((log, room) => {
    const longest = Math.max(
      0,
      ...shownLines(log)
        .slice(topPlace(log, room).index, bottomIndex(log, room) + 1)
        .map(({ text }) => text.length),
    );
    return by > 0 && log.column >= longest ? log : { ...log, column: Math.max(0, log.column + by) };
  });
}

/** Mutes or shows the program with the number of the key. */
function mute(state: State, text: string): State {
  const { log } = state;
  const program = log.ids[Number(text) - 1];
  const next = toggleMute(log, program);
  if (next === log) return { ...state, message: plainMessage(`the log has no program ${text}`, 'info', state.nowMs) };
  const what = next.muted.has(program ?? '') ? 'muted' : 'shown again:';
  return { ...state, log: next, message: plainMessage(`${what} ${program ?? ''}`, 'info', state.nowMs) };
}

/** Commands of the log. */
export const LOG_COMMANDS = {
  follow: inLog(toggleFollow),
  wrap: inLog((log) => ({ ...log, wraps: !log.wraps, column: 0 })),
  stream: inLog(nextStream),
  level: inLog((log) => ({ ...log, level: nextLevel(log.level) })),
  fields: inLog((log) => ({ ...log, showsFields: !log.showsFields })),
  times: inLog(nextTimes),
  mute: (state, text) => become(mute(state, text)),
  unmute: inLog((log) => ({ ...log, muted: new Set([...log.muted].filter((id) => !log.ids.includes(id))) })),
  matchesOnly: (state) => become(showMatchesOnly(state)),
  scrollRight: scrollColumns(COLUMN_STEP),
  scrollLeft: scrollColumns(-COLUMN_STEP),
  nextMatch: (state) => become(goToMatch(state, 1)),
  previousMatch: (state) => become(goToMatch(state, -1)),
} satisfies Record<string, Command>;
