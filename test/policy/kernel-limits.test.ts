import { expect, test } from 'vitest';
import { HEALING_ON, type HealingMode } from '../../src/policy/healing.ts';
import { kernelLimits } from '../../src/policy/kernel-limits.ts';
import type { ProcessSpecInput } from '../../src/protocol/process-spec.ts';
import { spec } from '../support/programs.ts';

const MB = 2 ** 20;

test.each<[string, Partial<ProcessSpecInput>, number | null]>([
  ['1.5 times its limit plus 64 MB', { limits: { memoryMb: 100 } }, 214 * MB],
  ['whole MB', { limits: { memoryMb: 101 } }, 216 * MB],
  ['none without a limit', { limits: { memoryMb: null } }, null],
])('the kernel limits memory to %s', (_what, fields, memoryBytes) => {
  expect(kernelLimits(spec(fields), HEALING_ON).memoryBytes).toBe(memoryBytes);
});

test.each<[string, Partial<ProcessSpecInput>, number | null]>([
  ['4096 for few descendants', { anomaly: { forkBomb: { maxDescendants: 50 } } }, 4096],
  ['4096 up to 64 descendants', { anomaly: { forkBomb: { maxDescendants: 64 } } }, 4096],
  ['64 for each descendant above that', { anomaly: { forkBomb: { maxDescendants: 65 } } }, 4160],
  ['none if fork bombs are only logged', { anomaly: { forkBomb: { action: 'log' } } }, null],
  ['none if fork bombs only cause a restart', { anomaly: { forkBomb: { action: 'restart' } } }, null],
  ['none if the detector is off', { anomaly: { forkBomb: { enabled: false } } }, null],
])('the kernel limits tasks to %s', (_what, fields, tasks) => {
  expect(kernelLimits(spec(fields), HEALING_ON).tasks).toBe(tasks);
});

test.each<HealingMode['mode']>(['held', 'observed'])('the kernel limits nothing while healing is %s', (mode) => {
  expect(kernelLimits(spec({ limits: { memoryMb: 100 } }), { mode, until: null })).toEqual({
    memoryBytes: null,
    tasks: null,
  });
});
