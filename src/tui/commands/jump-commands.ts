import { goToBookmark, goToGoal, lineAtHand } from '../layout/log-jumps.ts';
import { bookmarksShown, toggleBookmark } from '../state/bookmarks.ts';
import { GOAL_EXAMPLES, parseGoal } from '../state/log-goal.ts';
import type { State } from '../state/state.ts';
import { plainMessage } from '../store/messages.ts';
import { selectLogRoom } from '../store/selectors.ts';
import { timeOfDay } from '../text/figures.ts';
import { refuse } from './refuse.ts';
import { become, type Command, type Response } from './response.ts';

function saying(state: State, text: string): State {
  return { ...state, message: plainMessage(text, 'info', state.nowMs) };
}

/** Sets or removes a bookmark at the match, at the newest line while the log follows, or at the line at the top. */
function bookmark(state: State): Response {
  const line = lineAtHand(state.log, selectLogRoom(state));
  if (line === null) return refuse(state, 'the log has no line to mark');
  const log = toggleBookmark(state.log, line);
  const what = log.bookmarks.length > state.log.bookmarks.length ? 'bookmark set' : 'bookmark removed';
  const where = line.time === null ? '' : ` at ${timeOfDay(line.time)}`;
  return become(saying({ ...state, log }, `${what}${where}: ${line.text.trim().slice(0, SHOWN_CHARS)}`));
}

/** How much of a line a message quotes. */
const SHOWN_CHARS = 60;

function toBookmark(direction: 1 | -1): Command {
  return (state) => {
    const jump = goToBookmark(state.log, direction, selectLogRoom(state));
    if (jump !== null) return become(saying({ ...state, log: jump.log }, jump.text));
    const isSet = bookmarksShown(state.log).length > 0;
    return become(saying(state, isSet ? 'the bookmarks are in lines that are not shown' : 'no bookmarks: b sets one'));
  };
}

/** Goes to a time or a line of the log that is open. */
export function goTo(state: State, text: string): Response {
  if (state.view.kind !== 'program' && state.focus !== 'log') return refuse(state, 'open a log first (l)');
  const goal = parseGoal(text.trim(), state.nowMs);
  if (goal === null) return refuse(state, `cannot go to "${text}"; type ${GOAL_EXAMPLES}`);
  if (state.log.lines.length === 0) return refuse(state, 'the log has no lines yet');
  const jump = goToGoal(state.log, goal, selectLogRoom(state));
  return become(saying({ ...state, log: jump.log }, jump.text));
}

/** Commands that move to a place in a log. */
export const JUMP_COMMANDS = {
  bookmark,
  nextBookmark: toBookmark(1),
  previousBookmark: toBookmark(-1),
} satisfies Record<string, Command>;
