import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/engine/core/clock.ts';
import { waitFor } from '../../support/wait-for.ts';

/** Longer than a stall, and than the timer below. */
const STALL_MS = 2_500;

function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('after a stall, what happened in the meantime is noticed before a timer expires', async () => {
  const noticed: string[] = [];
  const child = spawn('sh', ['-c', 'echo output; exit 3']);
  child.stdout.on('data', () => noticed.push('output'));
  child.on('exit', () => noticed.push('exit'));
  systemClock.after(50, () => noticed.push('timer'));
  stall(STALL_MS);
  await waitFor(() => noticed.length === 3, 'everything to be noticed');
  expect(noticed.at(-1)).toBe('timer');
});

test('a timer that was put off after a stall can be canceled', async () => {
  const noticed: string[] = [];
  const cancel = systemClock.after(50, () => noticed.push('timer'));
  systemClock.after(20, () => noticed.push('other timer'));
  stall(STALL_MS);
  setImmediate(cancel);
  await waitFor(() => noticed.length === 1, 'the other timer');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(noticed).toEqual(['other timer']);
});
