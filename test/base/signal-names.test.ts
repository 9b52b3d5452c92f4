import { expect, test } from 'vitest';
import { firstNames, signalName } from '../../src/base/signal-names.ts';

test.each([
  [1, 'SIGHUP'],
  [6, 'SIGABRT'],
  [9, 'SIGKILL'],
  [11, 'SIGSEGV'],
  [29, 'SIGIO'],
  [31, 'SIGSYS'],
  [32, 'signal 32'],
  [34, 'SIGRTMIN'],
  [35, 'SIGRTMIN+1'],
  [49, 'SIGRTMIN+15'],
  [50, 'SIGRTMAX-14'],
  [63, 'SIGRTMAX-1'],
  [64, 'SIGRTMAX'],
  [65, 'signal 65'],
])('signal %i is called %s', (number, name) => {
  expect(signalName(number)).toBe(name);
});

test('the first of several names for a number counts', () => {
  const names = firstNames({ EAGAIN: 11, EPERM: 1, EWOULDBLOCK: 11 });
  expect([...names]).toEqual([
    [11, 'EAGAIN'],
    [1, 'EPERM'],
  ]);
});
