import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import { isSameMoment, type Moment } from '../state/moment.ts';
import { selectMoment } from '../store/selectors.ts';
import type { Action } from '../store/reduce.ts';
import type { Store } from '../store/store.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import { sanitizeLines } from './sanitize-incoming.ts';

/** Lines are looked for in so many pages before the newest ones. */
const MOST_PAGES = 5;
/** Output of a run that has ended may be recorded a little later than its end. */
const LATE_MS = 100;

/**
 * Reads what a program printed last before the selected event of the healing log, shortly after the selection stops
 * changing. Returns the function that stops it.
 */
export function createLiveMoment(
  client: ReconnectingClient,
  store: Store,
  dispatch: (action: Action) => void,
): () => void {
  let wanted: Moment | null = null;
  let timer: NodeJS.Timeout | undefined;
  const read = async (moment: Moment): Promise<void> => {
    const lines = await linesUpTo(client, moment);
    if (isSameMoment(wanted, moment)) dispatch({ kind: 'momentRead', moment, lines: sanitizeLines(lines) });
  };
  const unsubscribe = store.subscribe(() => {
    const moment = selectMoment(store.state());
    if (isSameMoment(moment, wanted)) return;
    wanted = moment;
    clearTimeout(timer);
    if (moment === null) return;
    // Without a connection, or if the program is gone, no lines are shown.
    timer = setTimeout(() => void read(moment).catch(() => undefined), TUI_LIMITS.logDelayMs);
  });
  return () => {
    unsubscribe();
    clearTimeout(timer);
  };
}

/** Returns the last lines before a moment; none if they are further back than is read. */
async function linesUpTo({ api }: ReconnectingClient, { program, time }: Moment): Promise<readonly LogLine[]> {
  const until = new Date(Date.parse(time) + LATE_MS).toISOString();
  let before: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const lines = await api.logs({
      id: program,
      tail: TUI_LIMITS.logTail,
      ...(before === undefined ? {} : { before }),
    });
    const earlier = lines.filter((line) => line.time !== null && line.time <= until);
    before = lines[0]?.before;
    if (earlier.length > 0 || before === undefined) return earlier.slice(-TUI_LIMITS.momentLines);
  }
  return [];
}
