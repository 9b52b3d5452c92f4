import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { recordLines } from '../../../src/tui/lines/record-lines.ts';
import { logEntries, type LogEntry } from '../../../src/tui/state/stories.ts';
import { narrowingText } from '../../../src/tui/store/narrowing.ts';
import { selectLogEntries, selectRecordsHeight } from '../../../src/tui/store/selectors.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { engineEvent } from '../../support/program-row.ts';
import { scene, visible } from '../support/samples.ts';
import { NOW, press, screenWith } from '../support/states.ts';

const NONE: ReadonlySet<number> = new Set();

function at(seq: number, secondsAgo: number, kind: EngineEvent['kind'], process: string | null = 'web'): EngineEvent {
  const time = new Date(NOW - secondsAgo * 1000).toISOString();
  return engineEvent(seq, { kind, process, time, reason: `reason of ${kind}` });
}

/** Names a row: by the number of its event, or by the first one of its story. */
function rowName(entry: LogEntry): number | string {
  if (entry.kind === 'date') return entry.date;
  return entry.kind === 'event' ? entry.event.seq : `story ${String(entry.story.seq)}`;
}

const LOOP = [
  at(1, 100, 'started', 'api'),
  at(2, 60, 'crashed'),
  at(3, 60, 'restart-scheduled'),
  at(4, 50, 'started', 'db'),
  at(5, 40, 'crashed'),
  at(6, 39, 'restarted'),
  at(7, 30, 'cooldown-started'),
];

describe('stories', () => {
  test('fold a crash loop of one program, and leave the events of others', () => {
    const entries = logEntries(LOOP, true, NONE);
    expect(entries.map(rowName)).toEqual([1, 4, 'story 2']);
  });

  test('show every event when they are opened or not folded', () => {
    expect(logEntries(LOOP, true, new Set([2]))).toHaveLength(8);
    expect(logEntries(LOOP, false, NONE)).toHaveLength(7);
  });

  test('end after a quiet time, and begin with a fault', () => {
    const late = [...LOOP, at(8, -400, 'restarted'), at(9, -401, 'running'), at(10, -402, 'crashed')];
    expect(logEntries(late, true, NONE)).toHaveLength(6);
  });

  test('end with a cooldown: the next fault begins another one', () => {
    const round = [at(8, 20, 'cooldown-ended'), at(9, 19, 'restarted'), at(10, 18, 'running')];
    const again = [at(11, 10, 'crashed'), at(12, 9, 'restarted'), at(13, 8, 'crashed')];
    const entries = logEntries([...LOOP, ...round, ...again], true, NONE);
    const seqs = entries.map((entry) =>
      entry.kind === 'story' ? entry.story.events.map(({ seq }) => seq) : rowName(entry),
    );
    expect(seqs).toEqual([1, 4, [2, 3, 5, 6, 7, 8, 9, 10], [11, 12, 13]]);
  });

  test('are in the opposite order with the newest first, each still from its beginning', () => {
    const entries = logEntries(LOOP, true, new Set([2]), 'start');
    const seqs = entries.map(rowName);
    expect(seqs).toEqual(['story 2', 2, 3, 5, 6, 7, 4, 1]);
  });

  test('hold whatever order of events comes without losing one', () => {
    const entries = logEntries(LOOP, true, NONE);
    const count = entries.reduce((sum, entry) => sum + (entry.kind === 'story' ? entry.story.events.length : 1), 0);
    expect(count).toBe(LOOP.length);
  });
});

describe('the healing log with the newest event first', () => {
  const opened = settle({ ...screenWith(['web']), events: LOOP, view: { kind: 'tab', tab: 'events' } });

  test('is turned with o, and the cursor stays on the newest event while it follows', () => {
    const { state } = press(opened, 'o');
    expect(state).toMatchObject({ newestFirst: true, records: { events: { selectedIndex: 0, isFollowing: true } } });
    const more = settle({ ...state, events: [...LOOP, at(20, 0, 'started', 'db')] });
    expect(more.records.events.selectedIndex).toBe(0);
    const down = press(more, 'j').state;
    expect(down.records.events).toMatchObject({ selectedIndex: 1, isFollowing: false });
    expect(visible(recordLines(down, scene(120, 14)))[0]).toContain('1 newer');
    expect(press(down, 'k').state.records.events.isFollowing).toBe(true);
  });
});

describe('a healing log of several days', () => {
  const DAY_SECONDS = 86_400;
  const events = [
    at(1, 2 * DAY_SECONDS + 60, 'started', 'api'),
    at(2, DAY_SECONDS + 60, 'crashed'),
    at(3, DAY_SECONDS + 50, 'restarted', 'db'),
    at(4, 30, 'started', 'db'),
  ];
  const dateOf = (secondsAgo: number): string =>
    new Date(NOW - secondsAgo * 1000).toLocaleDateString('en-US', {
      weekday: 'long',
      year: 'numeric',
      month: 'long',
      day: 'numeric',
    });
  const [today, yesterday, before] = [0, DAY_SECONDS + 60, 2 * DAY_SECONDS + 60].map(dateOf);
  const opened = settle({ ...screenWith(['web']), events, view: { kind: 'tab', tab: 'events' } });
  const keysOf = (state: typeof opened): (string | number)[] => selectLogEntries(state).map(rowName);

  test('has a row in front of each day, in both orders', () => {
    expect(keysOf(opened)).toEqual([before, 1, yesterday, 2, 3, today, 4]);
    const turned = press(opened, 'o').state;
    expect(keysOf(turned)).toEqual([today, 4, yesterday, 3, 2, before, 1]);
    expect(visible(recordLines(turned, scene(120, 14)))[0]).toMatch(/^ Time +Kind/);
    const [heading, first, second] = visible(recordLines(opened, scene(120, 14)));
    expect(heading).toMatch(/^ \d\d-\d\d +Kind/);
    expect(first).toContain(`── ${String(before)} ──`);
    expect(second).toMatch(/^ \d\d:\d\d:\d\d started .* reason of started$/);
  });

  test('has none if all events are of one day', () => {
    expect(logEntries(LOOP, true, NONE).every(({ kind }) => kind !== 'date')).toBe(true);
  });

  test('moves the cursor from event to event, and shows the date above the first one', () => {
    const seqs = (state: typeof opened, keys: readonly string[]): (string | number | undefined)[] => {
      let current = state;
      return keys.map((key) => {
        current = press(current, key).state;
        return keysOf(current)[current.records.events.selectedIndex];
      });
    };
    expect(seqs(opened, ['k', 'k', 'k', 'k', 'j', 'j', 'j'])).toEqual([3, 2, 1, 1, 2, 3, 4]);
    const turned = press(opened, 'o').state;
    expect(turned.records.events).toMatchObject({ selectedIndex: 1, isFollowing: true });
    expect(seqs(turned, ['j', 'j', 'k', 'k'])).toEqual([3, 2, 3, 4]);
    expect(press(turned, 'j', 'k').state.records.events.isFollowing).toBe(true);
    expect(press(opened, 'g').state.records.events).toMatchObject({ selectedIndex: 1, top: 0 });
  });

  test('counts events only', () => {
    expect(visible(recordLines(press(opened, 'k', 'k').state, scene(120, 14)))[0]).toContain('2 newer');
    expect(narrowingText(press(opened, '/', 'r', 'e', 's', 't', 'enter').state)).toContain('1 shown');
  });
});

describe('the healing log', () => {
  const state = settle({ ...screenWith(['web']), events: LOOP, view: { kind: 'tab', tab: 'events' } });
  const drawn = (shown: typeof state): string[] => visible(recordLines(shown, scene(120, 14)));

  test('shows the fault, how often it happened and what it led to', () => {
    expect(drawn(state)[3]).toMatch(/^▌\S+ ▸ crashed ×2 +web +→ cooldown-started reason of crashed$/);
    expect(drawn(state)[0]).toContain('Space: unfold');
  });

  test('unfolds the story of the selected row and folds it again', () => {
    const open = press(state, 'space').state;
    expect(drawn(open).filter((line) => line.includes('  crashed'))).toHaveLength(2);
    expect(drawn(open)[3]).toMatch(/^▌\S+ ▾ crashed/);
    const inside = press(open, 'down', 'left').state;
    expect(drawn(inside)[3]).toMatch(/^▌\S+ ▸ crashed/);
    expect(drawn(press(state, 'v').state).join('\n')).not.toContain('▸');
  });

  test('scrolls so that the events of an unfolded story are shown', () => {
    const before = Array.from({ length: 30 }, (_, index) => at(100 + index, 300, 'started', `svc-${String(index)}`));
    const ended = LOOP.slice(1).map((event) => ({ ...event, seq: event.seq + 200 }));
    const long = settle({
      ...screenWith(['web']),
      events: [...before, ...ended],
      view: { kind: 'tab', tab: 'events' },
    });
    const { state: open } = press(long, 'space');
    const height = selectRecordsHeight(open);
    const { top, selectedIndex } = open.records.events;
    const { length } = selectLogEntries(open);
    expect(selectLogEntries(open)[selectedIndex]?.kind).toBe('story');
    expect(top).toBe(Math.min(selectedIndex, length - height));
  });

  test('says so where there is nothing to unfold', () => {
    expect(press(state, 'g', 'space').state.message?.text).toBe('this event is not part of a story');
  });
});
