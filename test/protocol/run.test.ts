import { expect, test } from 'vitest';
import { runKey, UNKNOWN_EXIT } from '../../src/protocol/run.ts';

test('the key of a run distinguishes programs and runs', () => {
  const refs = [
    { id: 'web', run: 1 },
    { id: 'web', run: 11 },
    { id: 'web-1', run: 1 },
    { id: 'web.1', run: 1 },
  ];
  expect(new Set(refs.map(runKey)).size).toBe(refs.length);
});

test('an unknown exit has neither a code nor a signal', () => {
  expect(UNKNOWN_EXIT).toEqual({ code: null, signal: null, coreDumped: false });
});
