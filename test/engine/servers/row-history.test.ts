import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RowHistory } from '../../../src/engine/servers/row-history.ts';

describe('the history of rows', () => {
  test('names what changed after a version, and nothing else', () => {
    const history = new RowHistory();
    history.mark('a', false);
    const first = history.cut();
    history.mark('b', false);
    history.mark('b', false);
    history.mark('a', true);
    expect(history.since(first)).toEqual({ changed: ['b'], removed: ['a'] });
    const second = history.cut();
    expect(history.since(second)).toEqual({ changed: [], removed: [] });
    expect(history.hasChangedSince(second)).toBe(false);
    history.mark('a', false);
    expect(history.since(first)).toEqual({ changed: ['b', 'a'], removed: [] });
    expect(history.hasChangedSince(second)).toBe(true);
  });

  test('sends the whole table to a subscriber that missed forgotten removals', () => {
    const history = new RowHistory();
    const old = history.cut();
    for (let index = 0; index < 10_001; index++) history.mark(`p${String(index)}`, true);
    expect(history.since(old)).toBe('everything');
    const now = history.cut();
    history.mark('a', false);
    expect(history.since(now)).toEqual({ changed: ['a'], removed: [] });
  });

  test('agrees with a simple model for any order of changes', () => {
    const step = fc.oneof(
      fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), isRemoved: fc.boolean() }),
      fc.constant('cut' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const history = new RowHistory();
        const marks: { id: string; isRemoved: boolean; at: number }[] = [];
        const cuts: number[] = [history.cut()];
        for (const each of steps) {
          if (each === 'cut') cuts.push(history.cut());
          else {
            history.mark(each.id, each.isRemoved);
            marks.push({ ...each, at: cuts.length });
          }
        }
        for (const [index, version] of cuts.entries()) {
          const latest = new Map(marks.filter(({ at }) => at > index).map(({ id, isRemoved }) => [id, isRemoved]));
          const since = history.since(version);
          if (since === 'everything') throw new Error('nothing was forgotten');
          const named = [...since.changed.map((id) => [id, false]), ...since.removed.map((id) => [id, true])];
          expect(new Map(named as [string, boolean][])).toEqual(latest);
          expect(named).toHaveLength(latest.size);
        }
      }),
    );
  });

  test('stays small however often rows change', () => {
    const history = new RowHistory();
    const start = history.cut();
    for (let round = 0; round < 5_000; round++) {
      for (const id of ['a', 'b', 'c']) history.mark(id, false);
      history.cut();
    }
    const beganMs = performance.now();
    expect(history.since(start)).toEqual({ changed: ['a', 'b', 'c'], removed: [] });
    expect(performance.now() - beganMs).toBeLessThan(200);
  });
});
