import { expect, test } from 'vitest';
import { hasStartTime } from '../../src/base/process-identity.ts';

test.each([
  { title: 'the same start time', known: 100, actual: 100, same: true },
  { title: 'a later start time: the pid was reused', known: 100, actual: 101, same: false },
  { title: 'an earlier start time', known: 100, actual: 99, same: false },
  { title: 'an unknown start time, where the pid alone counts', known: null, actual: 101, same: true },
])('$title: $same', ({ known, actual, same }) => {
  expect(hasStartTime({ pid: 7, startTicks: known }, { pid: 7, startTicks: actual })).toBe(same);
});
