import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { recordLines } from '../../../src/tui/lines/record-lines.ts';
import { logEntries } from '../../../src/tui/state/stories.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { engineEvent } from '../../support/program-row.ts';
import { scene, visible } from '../support/samples.ts';
import { NOW, press, screenWith } from '../support/states.ts';

const NONE: ReadonlySet<number> = new Set();

function at(seq: number, secondsAgo: number, kind: EngineEvent['kind'], process: string | null = 'web'): EngineEvent {
  const time = new Date(NOW - secondsAgo * 1000).toISOString();
  return engineEvent(seq, { kind, process, time, reason: `reason of ${kind}` });
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
    expect(
      entries.map((entry) => (entry.kind === 'event' ? entry.event.seq : `story ${String(entry.story.seq)}`)),
    ).toEqual([1, 4, 'story 2']);
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
      entry.kind === 'event' ? entry.event.seq : entry.story.events.map(({ seq }) => seq),
    );
    expect(seqs).toEqual([1, 4, [2, 3, 5, 6, 7, 8, 9, 10], [11, 12, 13]]);
  });

  test('are in the opposite order with the newest first, each still from its beginning', () => {
    const entries = logEntries(LOOP, true, new Set([2]), 'start');
    const seqs = entries.map((entry) =>
      entry.kind === 'event' ? entry.event.seq : `story ${String(entry.story.seq)}`,
    );
    expect(seqs).toEqual(['story 2', 2, 3, 5, 6, 7, 4, 1]);
  });

  test('hold whatever order of events comes without losing one', () => {
    const entries = logEntries(LOOP, true, NONE);
    const count = entries.reduce((sum, entry) => sum + (entry.kind === 'event' ? 1 : entry.story.events.length), 0);
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

  test('says so where there is nothing to unfold', () => {
    expect(press(state, 'g', 'space').state.message?.text).toBe('this event is not part of a story');
  });
});
