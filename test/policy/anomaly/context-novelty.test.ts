import { expect, test } from 'vitest';
import { ContextNovelty, SEQUENCES } from '../../../src/policy/anomaly/context-novelty.ts';

/** Up, up, down, down, and so on. */
const wave = (index: number): number => (index % 4 < 2 ? 1 : -1);

function push(contexts: ContextNovelty, deviations: number, name: keyof typeof SEQUENCES = 'values'): number {
  contexts.countSample();
  return contexts.push(name, deviations);
}

function afterWaves(contexts: ContextNovelty, samples: number): number {
  let novelty = 0;
  for (let index = 0; index < samples; index++) novelty = push(contexts, wave(index));
  return novelty;
}

test('rates a repeating series as known', () => {
  expect(afterWaves(new ContextNovelty(), 1000)).toBeLessThan(0.01);
});

test('notices usual values in a new order, until the order is known too', () => {
  const contexts = new ContextNovelty();
  afterWaves(contexts, 1000);
  const course = Array.from({ length: 40 }, (_, index) => push(contexts, index % 2 === 0 ? 1 : -1));
  expect(Math.max(...course)).toBeGreaterThan(0.3);
  expect(course.at(-1)).toBeLessThan(0.01);
});

test('does not rate contexts while the series is new', () => {
  const contexts = new ContextNovelty();
  for (let index = 0; index < 300; index++) expect(push(contexts, index % 7)).toBe(0);
});

test('forgets known contexts when it is cleared', () => {
  const contexts = new ContextNovelty();
  afterWaves(contexts, 1000);
  contexts.clear();
  for (let index = 0; index < 398; index++) push(contexts, 0);
  push(contexts, 1);
  expect(push(contexts, 1)).toBeGreaterThan(0.1);
});

test('keeps the contexts of several sequences apart', () => {
  const contexts = new ContextNovelty();
  for (let index = 0; index < 1000; index++) {
    contexts.countSample();
    for (const name of ['values', 'pairs', 'long', 'changes'] as const) contexts.push(name, wave(index));
  }
  expect(push(contexts, 3, 'changes')).toBeGreaterThan(0.1);
  for (const name of ['values', 'pairs', 'long'] as const)
    expect(contexts.push(name, wave(1000)), name).toBeLessThan(0.01);
});
