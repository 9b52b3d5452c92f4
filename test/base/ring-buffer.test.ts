import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FloatRingBuffer } from '../../src/base/ring-buffer.ts';

function read(ring: FloatRingBuffer): (number | undefined)[] {
  return Array.from({ length: ring.length }, (_, index) => ring.at(index));
}

type Step =
  | { readonly kind: 'push'; readonly value: number }
  | { readonly kind: 'replace'; readonly value: number }
  | { readonly kind: 'drop'; readonly count: number }
  | { readonly kind: 'clear' };

const value = fc.integer({ min: 0, max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: value.map((number) => ({ kind: 'push', value: number }) as const) },
  { weight: 3, arbitrary: value.map((number) => ({ kind: 'replace', value: number }) as const) },
  { weight: 2, arbitrary: fc.nat(60).map((count) => ({ kind: 'drop', count }) as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'clear' } as const) },
);

test('behaves like a list that is truncated at the front', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.array(step, { maxLength: 300 }), (capacity, steps) => {
      const ring = new FloatRingBuffer(capacity);
      let model: number[] = [];
      for (const next of steps) {
        if (next.kind === 'push') {
          ring.push(next.value);
          model = [...model, next.value].slice(-capacity);
        } else if (next.kind === 'replace') {
          ring.replaceNewest(next.value);
          if (model.length > 0) model[model.length - 1] = next.value;
        } else if (next.kind === 'drop') {
          ring.dropNewest(next.count);
          model = model.slice(0, Math.max(0, model.length - next.count));
        } else {
          ring.clear();
          model = [];
        }
        expect(read(ring)).toEqual(model);
      }
    }),
  );
});

test('returns undefined for indexes out of range', () => {
  const ring = new FloatRingBuffer(3);
  ring.push(1);
  expect(ring.at(-1)).toBeUndefined();
  expect(ring.at(1)).toBeUndefined();
});
