import { expect, test } from 'vitest';
import { findCleanExits } from '../../../src/cli/report/clean-exits.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import type { EventKind } from '../../../src/protocol/event-kinds.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { spec } from '../../support/programs.ts';

type Short = readonly [kind: EventKind, pid: number, code?: number, uptimeMs?: number];

function eventsOf(...events: readonly Short[]): EngineEvent[] {
  return events.map(([kind, pid, code, uptimeMs], index) => ({
    seq: index + 1,
    time: new Date(Date.UTC(2026, 0, 1, 0, 0, index * 2)).toISOString(),
    kind,
    process: 'web',
    pid,
    reason: '',
    data: code === undefined ? {} : { code, uptimeMs },
  }));
}

const ALWAYS: Partial<ProcessSpecInput> = { restart: { policy: 'always' } };
const LOOP: readonly Short[] = [1, 2, 3].flatMap((pid) => [
  ['restarted', pid] as const,
  ['exited', pid, 0, 1_500] as const,
]);

test.each<[string, Partial<ProcessSpecInput>, readonly Short[], string | null]>([
  [
    'an exit soon after the start',
    {},
    [
      ['started', 1],
      ['exited', 1, 0, 279],
    ],
    'only 279 ms after its start. Usual causes',
  ],
  [
    'an exit after a while',
    {},
    [
      ['started', 1],
      ['exited', 1, 0, 5_000],
    ],
    null,
  ],
  [
    'a failure',
    {},
    [
      ['started', 1],
      ['crashed', 1, 1, 20],
    ],
    null,
  ],
  [
    'a stop',
    {},
    [
      ['started', 1],
      ['stopping', 1],
      ['exited', 1, 0, 20],
    ],
    null,
  ],
  ['a loop of successful exits', ALWAYS, LOOP, 'with code 0 3 times within 8.0s and was restarted each time'],
  ['a loop that a failure has interrupted', ALWAYS, [...LOOP, ['crashed', 4, 1, 3]], null],
  ['the same exits without a restart', {}, LOOP, null],
  ['no exit', {}, [['started', 1]], null],
])('%s is judged by its cause', (_what, fields, events, expected) => {
  const finding = findCleanExits(spec(fields), eventsOf(...events));
  if (expected === null) expect(finding).toBeNull();
  else expect(finding).toContain(expected);
});

test('a finding names both usual causes', () => {
  const finding = findCleanExits(spec(), eventsOf(['started', 1], ['exited', 1, 0, 2]));
  expect(finding).toContain('moves itself to the background');
  expect(finding).toContain('reads stdin, which is empty');
});
