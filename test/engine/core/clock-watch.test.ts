import { expect, test } from 'vitest';
import type { Clock } from '../../../src/engine/core/clock.ts';
import { ClockWatch } from '../../../src/engine/core/clock-watch.ts';

/** Returns the steps that are noticed if the clocks advance by these amounts between two looks. */
function noticed(...advances: readonly { wall: number; mono: number; boot?: number }[]): number[] {
  const at = { wall: 1_700_000_000_000, mono: 5_000, boot: 9_000 };
  const clock: Pick<Clock, 'now' | 'boot'> = { now: () => ({ wall: at.wall, mono: at.mono }), boot: () => at.boot };
  const watch = new ClockWatch(clock as Clock);
  const steps: number[] = [];
  watch.onSet.add((byMs) => steps.push(byMs));
  for (const { wall, mono, boot = mono } of advances) {
    at.wall += wall;
    at.mono += mono;
    at.boot += boot;
    watch.tick();
  }
  return steps;
}

test('a clock that runs is not reported, even if it is adjusted slowly', () => {
  expect(noticed({ wall: 1_000, mono: 1_000 }, { wall: 1_900, mono: 1_000 }, { wall: 100, mono: 1_000 })).toEqual([]);
});

test('a clock that was set is reported once, with the step', () => {
  expect(noticed({ wall: -86_399_000, mono: 1_000 }, { wall: 1_000, mono: 1_000 })).toEqual([-86_400_000]);
  expect(noticed({ wall: 3_601_000, mono: 1_000 }, { wall: 1_000, mono: 1_000 })).toEqual([3_600_000]);
});

test('a suspended machine is not reported, because its clock was not set', () => {
  expect(noticed({ wall: 3_601_000, mono: 1_000, boot: 3_601_000 })).toEqual([]);
});
