import { expect, test } from 'vitest';
import { withUptime } from '../../src/protocol/snapshot.ts';
import { programRow } from '../support/program-row.ts';

const NOW = Date.parse('2026-01-02T03:04:05.000Z');

test.each([
  { startedAt: null, uptimeMs: null },
  { startedAt: '2026-01-02T03:04:05.000Z', uptimeMs: 0 },
  { startedAt: '2026-01-02T03:04:03.500Z', uptimeMs: 1500 },
  { startedAt: '2026-01-02T03:04:06.000Z', uptimeMs: 0 },
])('a program started at $startedAt has an uptime of $uptimeMs ms', ({ startedAt, uptimeMs }) => {
  expect(withUptime({ ...programRow({ id: 'web' }), startedAt }, NOW).uptimeMs).toBe(uptimeMs);
});
