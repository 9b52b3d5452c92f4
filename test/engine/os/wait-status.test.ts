import { expect, test } from 'vitest';
import { decodeWaitStatus } from '../../../src/engine/os/wait-status.ts';

test.each([
  [0, { code: 0, signal: null, coreDumped: false }],
  [0x0700, { code: 7, signal: null, coreDumped: false }],
  [0xff00, { code: 255, signal: null, coreDumped: false }],
  [9, { code: null, signal: 'SIGKILL', coreDumped: false }],
  [6, { code: null, signal: 'SIGABRT', coreDumped: false }],
  [11 | 0x80, { code: null, signal: 'SIGSEGV', coreDumped: true }],
  [40, { code: null, signal: 'SIGRTMIN+6', coreDumped: false }],
])('reads the wait status %i', (status, exit) => {
  expect(decodeWaitStatus(status)).toEqual(exit);
});
