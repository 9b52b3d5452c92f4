import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { Action } from '../store/reduce.ts';
import { samplesOf, sourceOf } from '../state/chart-span.ts';
import type { Samples, State, UsageSpan } from '../state/state.ts';
import type { Store } from '../store/store.ts';
import { ask, onceAtATime } from './ask.ts';
import type { HistoryResult } from '../../protocol/results/history-result.ts';
import { sanitizeDetails } from './sanitize-incoming.ts';

interface LiveProgram {
  /** Reads everything about the opened program again. */
  refresh(): void;
  /** Reads the details again if they are older than `detailsMs`. Called on each update of the table. */
  keepUp(): void;
  close(): void;
}

/** The opened program, and the period that its charts cover. */
interface Opened {
  readonly id: string;
  readonly span: UsageSpan;
}

/** Reads what only the screen of a program shows: its resource history and its details. */
export function createLiveProgram(
  client: ReconnectingClient,
  store: Store,
  dispatch: (action: Action) => void,
): LiveProgram {
  let opened: Opened | null = null;
  let readAt = 0;

  const readDetails = onceAtATime(async () => {
    const id = opened?.id;
    if (id === undefined) return;
    await ask(client.api.describe({ id }), (details) => {
      if (opened?.id === id) dispatch({ kind: 'detailsRead', details: sanitizeDetails(details) });
    });
  });
  const readHistory = ({ id, span }: Opened): void => {
    void ask(client.api.history({ id, span }), (history) => {
      if (opened?.id === id && opened.span === span)
        dispatch({ kind: 'historyRead', history: wholeSpan(history, span), span });
    });
  };
  const refresh = (): void => {
    // If a reply for another program is pending, the next snapshot reads the details.
    readAt = 0;
    if (opened !== null) readHistory(opened);
    readDetails();
  };
  const close = store.subscribe(() => {
    const previous = opened;
    opened = openedOf(store.state());
    if (opened !== null && (previous?.id !== opened.id || previous.span !== opened.span)) refresh();
  });
  return {
    refresh,
    keepUp: () => {
      const { nowMs } = store.state();
      if (opened === null || nowMs - readAt < TUI_LIMITS.detailsMs) return;
      readAt = nowMs;
      readDetails();
    },
    close,
  };
}

function openedOf({ view, span }: State): Opened | null {
  return view.kind === 'program' ? { id: view.id, span: sourceOf(span) } : null;
}

/** Puts empty samples before those of a program that has run for less than the period, so that charts have one scale. */
function wholeSpan(history: HistoryResult, span: UsageSpan): HistoryResult {
  const fill = (samples: Samples): (number | null)[] => [
    ...Array<null>(Math.max(0, samplesOf(span) - samples.length)).fill(null),
    ...samples,
  ];
  return { ...history, cpuPercent: fill(history.cpuPercent), memoryMb: fill(history.memoryMb) };
}
