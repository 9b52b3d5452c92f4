import { afterEach, describe, expect, test } from 'vitest';
import { composeFrame } from '../../../src/tui/lines/frame.ts';
import { layoutOf } from '../../../src/tui/layout/layout.ts';
import { isInkPart, SCREEN } from '../../../src/tui/layout/screen.ts';
import { mount } from '../../../src/tui/screens/mount.tsx';
import type { State } from '../../../src/tui/state/state.ts';
import { createStore, type Store } from '../../../src/tui/store/store.ts';
import { createInkStage } from '../../../src/tui/terminal/ink-stage.ts';
import { PAINTED_ROW } from '../../../src/tui/terminal/painted-rows.ts';
import { VIEWS, visible } from '../support/samples.ts';
import { pens, press, screenWith } from '../support/states.ts';

interface Rendered {
  readonly store: Store;
  /** The last frame that Ink laid out, and how many there were. */
  readonly frames: readonly (readonly string[])[];
}

const unmounts: (() => void)[] = [];

afterEach(() => {
  for (const unmount of unmounts.splice(0)) unmount();
});

async function rendered(state: State): Promise<Rendered> {
  const frames: (readonly string[])[] = [];
  const store = createStore(state);
  const stage = createInkStage(state.size, (lines) => frames.push(lines));
  const mounted = mount({ store, pensOn: () => pens() }, stage);
  unmounts.push(mounted.unmount);
  await laidOut();
  return { store, frames };
}

function laidOut(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Returns which rows of a frame are painted outside Ink. */
function paintedRows(frame: readonly string[]): boolean[] {
  return frame.map((row) => row.startsWith(PAINTED_ROW));
}

function expectedRows(state: State): boolean[] {
  const layout = layoutOf(state);
  return SCREEN.flatMap(({ name }) => Array<boolean>(layout[name]).fill(!isInkPart(name)));
}

const SIZES = [
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
];

describe.each(SIZES)('at $columns x $rows', (size) => {
  test.each(VIEWS)('Ink leaves exactly the rows of its own parts unmarked in %j', async (view) => {
    const state = screenWith(['a', 'b'], { size, view });
    const { frames } = await rendered(state);
    expect(frames.at(-1)).toHaveLength(size.rows);
    expect(paintedRows(frames.at(-1) ?? [])).toEqual(expectedRows(state));
  });

  test('help is laid out by Ink', async () => {
    const state = press(screenWith(['a'], { size }), '?').state;
    const { frames } = await rendered(state);
    const frame = visible(composeFrame(state, pens(), frames.at(-1) ?? []));
    expect(frame.join('\n')).toContain('Keys in this view');
    expect(frame.join('\n')).toContain('open details and log');
    expect(frame).toHaveLength(size.rows);
  });

  test('the first frame differs from the laid out one only in the parts of Ink', async () => {
    for (const view of VIEWS) {
      const state = screenWith(['a', 'b'], { size, view });
      const { frames } = await rendered(state);
      const first = composeFrame(state, pens(), null);
      const full = composeFrame(state, pens(), frames.at(-1) ?? []);
      const differing = first.flatMap((line, row) => (line === full[row] ? [] : [row]));
      const inkRows = expectedRows(state).flatMap((isPainted, row) => (isPainted ? [] : [row]));
      expect(inkRows).toEqual(expect.arrayContaining(differing));
    }
  });
});

describe('Ink lays out nothing', () => {
  const state = screenWith(['a', 'b', 'c']);

  test.each<[string, (state: State) => State]>([
    ['for a tick', (before) => ({ ...before, nowMs: before.nowMs + 1000, ticks: 1 })],
    ['for a key that moves the selection', (before) => press(before, 'j').state],
    ['for a filter that is typed', (before) => press(before, '/', 'b').state],
    ['for a message', (before) => press(before, 'm').state],
    ['for new figures', (before) => ({ ...before, rows: before.rows.map((row) => ({ ...row, cpuPercent: 99 })) })],
  ])('%s', async (_, change) => {
    const { store, frames } = await rendered(state);
    const count = frames.length;
    store.update(change);
    await laidOut();
    expect(frames).toHaveLength(count);
  });
});

test('Ink lays out again when a part changes its height', async () => {
  const { store, frames } = await rendered(screenWith(['a', 'b']));
  const count = frames.length;
  store.update((state) => press(state, 'l').state);
  await laidOut();
  expect(frames.length).toBeGreaterThan(count);
  expect(visible(composeFrame(store.state(), pens(), frames.at(-1) ?? [])).join('\n')).toContain('Restarts');
});
