import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { HostFigures, steady } from '../../../src/fleet/agent/host-figures.ts';

test('the usage of this machine is read without an engine', async () => {
  const figures = new HostFigures();
  expect(figures.read().cpuPercent).toBeNull();
  await wait(600);
  const { cpuPercent, memoryPercent, load } = figures.read();
  expect(cpuPercent).toBeGreaterThanOrEqual(0);
  expect(cpuPercent).toBeLessThanOrEqual(100);
  expect(memoryPercent).toBeGreaterThan(0);
  expect(memoryPercent).toBeLessThan(100);
  expect(load).toBeGreaterThanOrEqual(0);
});

test.each([
  ['a figure that is known for the first time', null, 12.34, 12.3],
  ['a figure that hardly moved', 12.3, 14.2, 12.3],
  ['a figure that moved', 12.3, 14.34, 14.3],
  ['a figure that fell', 12.3, 10.2, 10.2],
  ['a figure that is unknown now', 12.3, null, null],
])('%s', (_what, last, next, shown) => {
  expect(steady(last, next, 2)).toBe(shown);
});

test('many small steps add up', () => {
  let shown: number | null = 10;
  for (let value = 10; value <= 13; value += 0.5) shown = steady(shown, value, 2);
  expect(shown).toBe(12);
});
