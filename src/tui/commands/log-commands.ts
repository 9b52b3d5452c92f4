import { findInLog, type LogView, toggleFollow, nextStream, nextTimes } from '../state/log-view.ts';
import { plainMessage } from '../store/messages.ts';
import { selectLogHeight } from '../store/selectors.ts';
import type { State } from '../state/state.ts';
import { become, type Command } from './response.ts';

const COLUMN_STEP = 16;

function inLog(change: (log: LogView, height: number) => LogView): Command {
  return (state) => become({ ...state, log: change(state.log, selectLogHeight(state)) });
}

/** Moves to the next or previous matching line, or reports that there is none. */
export function goToMatch(state: State, direction: 1 | -1): State {
  const found = findInLog(state.log, direction, selectLogHeight(state));
  if (found !== null) return { ...state, log: found };
  const text =
    state.log.search === '' ? 'no search text: press / to enter one' : `no line contains "${state.log.search}"`;
  return { ...state, message: plainMessage(text, 'info', state.nowMs) };
}

function showMatchesOnly(state: State): State {
  if (state.log.search === '') return goToMatch(state, 1);
  return { ...state, log: { ...state.log, matchesOnly: !state.log.matchesOnly } };
}

function scrollColumns(by: number): Command {
  return inLog((log) => ({ ...log, column: Math.max(0, log.column + by) }));
}

/** Commands of the log. */
export const LOG_COMMANDS = {
  follow: inLog(toggleFollow),
  wrap: inLog((log) => ({ ...log, wraps: !log.wraps, column: 0 })),
  stream: inLog(nextStream),
  times: inLog(nextTimes),
  matchesOnly: (state) => become(showMatchesOnly(state)),
  scrollRight: scrollColumns(COLUMN_STEP),
  scrollLeft: scrollColumns(-COLUMN_STEP),
  nextMatch: (state) => become(goToMatch(state, 1)),
  previousMatch: (state) => become(goToMatch(state, -1)),
} satisfies Record<string, Command>;
