import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startScreenClock } from '../../../src/tui/screens/screen-clock.ts';
import type { Connection } from '../../../src/tui/state/state.ts';
import { createStore, type Store } from '../../../src/tui/store/store.ts';
import { screenWith } from '../support/states.ts';

let store: Store;
let ticks: number[];
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  store = createStore(screenWith(['a']));
  ticks = [];
  stop = startScreenClock(store, () => ticks.push(Date.now()));
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

function take(connection: Connection): void {
  store.update((state) => ({ ...state, connection }));
}

async function hearEvery(ms: number, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await vi.advanceTimersByTimeAsync(ms);
    take({ kind: 'live', heardAtMs: Date.now() });
  }
}

test('ticks once a second while the engine is silent', async () => {
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ticks).toHaveLength(10);
});

test('ticks with the snapshots, and only with them, if they come about once a second', async () => {
  const heard: number[] = [];
  for (let n = 0; n < 10; n++) {
    await vi.advanceTimersByTimeAsync(n % 2 === 0 ? 980 : 1020);
    heard.push(Date.now());
    take({ kind: 'live', heardAtMs: Date.now() });
  }
  expect(ticks.slice(2)).toEqual(heard.slice(-ticks.length + 2));
});

test.each([250, 500, 2000, 5000])('ticks about once a second with a snapshot every %i ms', async (ms) => {
  await hearEvery(ms, 20_000 / ms);
  expect(ticks.length).toBeGreaterThan(14);
  expect(ticks.length).toBeLessThan(24);
});

test('does not tick after it was stopped', async () => {
  stop();
  await hearEvery(1000, 5);
  expect(ticks).toEqual([]);
});
