import { expect, test } from 'vitest';
import { cooldownProgress } from '../../../src/client/attach/cooldown-progress.ts';
import type { SnapshotRow } from '../../../src/protocol/snapshot.ts';
import { programRow } from '../../support/program-row.ts';

const NOW = Date.parse('2026-11-21T09:01:00.000Z');
const AT = ['2026-11-21T09:00:00.000Z', '2026-11-21T09:00:01.000Z', '2026-11-21T09:00:59.000Z'];
const recentRestarts = { at: AT, limit: 5, windowMs: 60_000 };

test.each<[string, Partial<SnapshotRow>, ReturnType<typeof cooldownProgress>]>([
  ['without restarts there is none', {}, null],
  ['restarts count while they are in the window', { recentRestarts }, { is: 'counting', restarts: 2, limit: 5 }],
  ['restarts that left the window do not count', { recentRestarts: { ...recentRestarts, at: AT.slice(0, 1) } }, null],
  [
    'in a cooldown the remaining time is shown',
    { state: 'cooldown', cooldownUntil: '2026-11-21T09:01:42.000Z', recentRestarts },
    { is: 'in cooldown', leftMs: 42_000 },
  ],
  [
    'a cooldown that is over has no time left',
    { state: 'cooldown', cooldownUntil: '2026-11-21T09:00:42.000Z' },
    { is: 'in cooldown', leftMs: 0 },
  ],
])('%s', (_, changes, expected) => {
  expect(cooldownProgress(programRow(changes), NOW)).toEqual(expected);
});
