import { expect, test } from 'vitest';
import { NextMarks } from '../../../src/engine/launching/next-marks.ts';

function marksThatAreCounted(): { readonly next: NextMarks; readonly made: string[] } {
  const made: string[] = [];
  const markOf = (id: string, runNumber: number, leaves = false): string => {
    const mark = `${id}:${leaves ? 'leave' : ''}${String(runNumber)}`;
    made.push(mark);
    return mark;
  };
  return { next: new NextMarks({ markOf }), made };
}

const WEB = { id: 'web', leftovers: 'kill' } as const;

test('the mark of a next run is made beforehand', () => {
  const { next, made } = marksThatAreCounted();
  expect(next.take(WEB, 1)).toBe('web:1');
  next.prepare();
  expect(made).toEqual(['web:1', 'web:2']);
  expect(next.take(WEB, 2)).toBe('web:2');
  expect(made).toHaveLength(2);
});

test('a mark that was not expected is made at once', () => {
  const { next } = marksThatAreCounted();
  expect(next.take(WEB, 1)).toBe('web:1');
  expect(next.take(WEB, 2)).toBe('web:2');
  next.prepare();
  expect(next.take(WEB, 2)).toBe('web:2');
  next.prepare();
  expect(next.take({ id: 'web', leftovers: 'leave' }, 3)).toBe('web:leave3');
  next.forget('web');
  next.prepare();
  expect(next.take(WEB, 9)).toBe('web:9');
});

test('many marks are made in parts', () => {
  const { next, made } = marksThatAreCounted();
  const ids = Array.from({ length: 120 }, (_, index) => `p${String(index)}`);
  for (const id of ids) next.take({ id, leftovers: 'kill' }, 1);
  made.length = 0;
  for (const expected of [50, 100, 120, 120]) {
    next.prepare();
    expect(made).toHaveLength(expected);
  }
});
