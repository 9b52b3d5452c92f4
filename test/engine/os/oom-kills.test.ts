import { expect, test } from 'vitest';
import { OomKills } from '../../../src/engine/os/oom-kills.ts';

test('a kill for lack of memory is noticed for some seconds', () => {
  let count: number | null = 7;
  const kills = new OomKills(() => count);
  expect(kills.hasGrown()).toBe(false);
  kills.tick();
  count = 8;
  expect(kills.hasGrown()).toBe(true);
  kills.tick();
  expect(kills.hasGrown()).toBe(true);
  for (let second = 0; second < 3; second++) kills.tick();
  expect(kills.hasGrown()).toBe(false);
  count = null;
  expect(kills.hasGrown()).toBe(false);
});

test('one look answers for exits that are reported together', () => {
  let looks = 0;
  const kills = new OomKills(() => (looks += 1));
  expect(kills.together(() => [kills.hasGrown(), kills.hasGrown(), kills.hasGrown()])).toEqual([true, true, true]);
  expect(looks).toBe(2);
  kills.together(() => kills.hasGrown());
  kills.hasGrown();
  expect(looks).toBe(4);
});

test('a system that does not count them never reports any', () => {
  const kills = new OomKills(() => null);
  kills.tick();
  expect(kills.hasGrown()).toBe(false);
});
