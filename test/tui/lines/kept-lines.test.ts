import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROCESS_STATES } from '../../../src/protocol/process-state.ts';
import type { SnapshotRow } from '../../../src/protocol/snapshot.ts';
import { layoutOf } from '../../../src/tui/layout/layout.ts';
import { composeFrame } from '../../../src/tui/lines/frame.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { programRow } from '../../support/program-row.ts';
import { DOWN, lastExit, OVERLAYS, secondsAgo, VIEWS } from '../support/samples.ts';
import { NOW, pens, screenWith } from '../support/states.ts';

/** Seconds before now: within the time that an exit is news, around its end, and long ago. */
const age = fc.constantFrom(0, 3, 59, 61, 290, 299, 301, 3590, 90_000);

const row = fc
  .record({
    state: fc.constantFrom(...PROCESS_STATES),
    started: age,
    exited: fc.option(age),
    restarted: fc.option(age),
  })
  .map(({ state, started, exited, restarted }) => ({
    state,
    startedAt: secondsAgo(started),
    restarts: exited === null ? 0 : 1,
    lastExit: exited === null ? null : lastExit({ at: secondsAgo(exited) }),
    ...(restarted === null
      ? {}
      : { recentRestarts: { at: [secondsAgo(restarted), secondsAgo(restarted)], limit: 5, windowMs: 60_000 } }),
  }));

/** Returns the same rows as other objects, so that nothing is known of them. */
function copied(rows: readonly SnapshotRow[]): readonly SnapshotRow[] {
  return rows.map((each) => ({ ...each }));
}

test('whatever is kept of the last frame, the screen is the one that would be drawn from scratch', () => {
  const rows = fc.array(row, { minLength: 1, maxLength: 4 });
  const steps = fc.array(fc.constantFrom(-5, 1, 1, 1, 7, 60, 300), { minLength: 1, maxLength: 6 });
  const size = fc.constantFrom({ columns: 80, rows: 24 }, { columns: 200, rows: 50 });
  fc.assert(
    fc.property(rows, steps, size, (changes, seconds, screen) => {
      const programs = changes.map((change, index) => programRow({ id: `p${String(index)}`, ...change }));
      let state = screenWith(programs, { size: screen });
      const drawing = pens();
      composeFrame(state, drawing, null);
      let nowMs = NOW;
      for (const step of seconds) {
        nowMs += step * 1000;
        state = settle({ ...state, nowMs });
        expect(composeFrame(state, drawing, null)).toEqual(
          composeFrame(settle({ ...state, rows: copied(state.rows) }), drawing, null),
        );
      }
    }),
    { numRuns: 150 },
  );
});

test('whatever changed since the last layout, it is the one that would be measured from scratch', () => {
  const change: fc.Arbitrary<Partial<State>> = fc.oneof(
    fc.record({ view: fc.constantFrom(...VIEWS) }),
    fc.record({ overlay: fc.constantFrom(...OVERLAYS) }),
    fc.record({ isZoomed: fc.boolean() }),
    fc.record({ tableRows: fc.constantFrom(null, 4, 30) }),
    fc.record({ logPlace: fc.constantFrom('auto' as const, 'below' as const, 'beside' as const) }),
    fc.record({ logShift: fc.constantFrom(-12, 0, 12) }),
    fc.record({ connection: fc.constantFrom(DOWN, { kind: 'live' as const, heardAtMs: NOW }) }),
    fc.record({ status: fc.constant(null) }),
    fc.record({
      rows: fc.constantFrom(
        [],
        [programRow()],
        Array.from({ length: 60 }, () => programRow()),
      ),
    }),
    fc.record({
      message: fc.constantFrom(null, {
        text: 'no '.repeat(80),
        tone: 'bad' as const,
        command: null,
        atMs: NOW,
        isNews: false,
      }),
    }),
  );
  const start = screenWith(['a'], { size: { columns: 200, rows: 50 } });
  const other = screenWith(['a'], { size: { columns: 41, rows: 11 } });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      let state = start;
      layoutOf(state);
      for (const each of changes) {
        state = { ...state, ...each };
        const kept = layoutOf(state);
        layoutOf(other);
        expect(kept).toEqual(layoutOf(state));
      }
    }),
    { numRuns: 300 },
  );
});
