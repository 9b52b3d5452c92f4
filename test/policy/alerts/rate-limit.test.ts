import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elapsedMs, limitRate, pruneTallies, type Tallies, type Tally } from '../../../src/policy/alerts/rate-limit.ts';
import type { EventKind } from '../../../src/protocol/event-kinds.ts';
import { message } from '../../support/alerts.ts';

const WINDOW = 60_000;
const DAY = 86_400_000;
const T = 1_000_000_000;

type Offered = readonly [kind: EventKind, process: string | null, ms: number];

/** Offers alerts, each as [kind, program, ms after T]; returns the number of dropped alerts that each carries, or null. */
function offer(...alerts: readonly Offered[]): (number | null)[] {
  const tallies: Record<string, Tally> = {};
  return alerts.map(([kind, process, ms]) => {
    const { alert } = message({ process });
    return limitRate(tallies, kind, alert, { windowMs: WINDOW, nowMs: T + ms })?.heldBack ?? null;
  });
}

describe('the rate limit', () => {
  test.each<[string, readonly Offered[], readonly (number | null)[]]>([
    ['lets the first alert through', [['crashed', 'web', 0]], [0]],
    [
      'drops a second one just within the window',
      [
        ['crashed', 'web', 0],
        ['crashed', 'web', 59_999],
      ],
      [0, null],
    ],
    [
      'lets a second one through at the end of the window',
      [
        ['crashed', 'web', 0],
        ['crashed', 'web', 60_000],
      ],
      [0, 0],
    ],
    [
      'measures the window from the last alert that passed, not from a dropped one',
      [
        ['crashed', 'web', 0],
        ['crashed', 'web', 59_000],
        ['crashed', 'web', 60_000],
      ],
      [0, null, 1],
    ],
    [
      'counts what it dropped, once',
      [
        ['crashed', 'web', 0],
        ['crashed', 'web', 1],
        ['crashed', 'web', 2],
        ['crashed', 'web', 60_000],
        ['crashed', 'web', 120_000],
      ],
      [0, null, null, 2, 0],
    ],
    [
      'limits each kind separately',
      [
        ['crashed', 'web', 0],
        ['failed', 'web', 1],
        ['crashed', 'web', 2],
      ],
      [0, 0, null],
    ],
    [
      'limits each program separately',
      [
        ['crashed', 'web', 0],
        ['crashed', 'db', 1],
        ['crashed', 'web', 2],
      ],
      [0, 0, null],
    ],
    [
      'reports dropped alerts of another kind of the same program',
      [
        ['crashed', 'web', 0],
        ['crashed', 'web', 1],
        ['failed', 'web', 2],
      ],
      [0, null, 1],
    ],
    [
      'does not report dropped alerts of another program',
      [
        ['crashed', 'web', 0],
        ['crashed', 'web', 1],
        ['crashed', 'db', 2],
      ],
      [0, null, 0],
    ],
    [
      'treats the engine like a separate program',
      [
        ['engine-started', null, 0],
        ['engine-started', null, 1],
        ['crashed', 'web', 2],
      ],
      [0, null, 0],
    ],
    [
      'lets an alert through if the clock was set back',
      [
        ['crashed', 'web', 0],
        ['crashed', 'web', -1],
      ],
      [0, 0],
    ],
  ])('%s', (_what, alerts, expected) => {
    expect(offer(...alerts)).toEqual(expected);
  });

  test('reports every alert either as sent or as dropped, whatever the order', () => {
    const anyAlert = fc.tuple(
      fc.constantFrom<EventKind>('crashed', 'failed', 'unhealthy'),
      fc.constantFrom('web', 'db'),
      fc.integer({ min: 0, max: 300_000 }),
    );
    fc.assert(
      fc.property(fc.array(anyAlert, { maxLength: 60 }), (alerts) => {
        const ordered = alerts.toSorted(([, , a], [, , b]) => a - b);
        const flush = (['web', 'db'] as const).map((process) => ['zombies-found', process, 400_000] as const);
        const results = offer(...ordered, ...flush);
        const sent = results.filter((result) => result !== null);
        const dropped = sent.reduce((sum, count) => sum + count, 0);
        expect(sent.length + dropped).toBe(ordered.length + flush.length);
      }),
    );
  });
});

describe('the memory of the rate limit', () => {
  const tally = (ageMs: number, heldBack = 0): Tally => ({
    process: 'web',
    kind: 'crashed',
    acceptedAt: T - ageMs,
    seenAt: T - ageMs,
    heldBack,
  });

  test.each([
    ['keeps a tally within its window', WINDOW - 1, 0, true],
    ['drops it at the end of the window', WINDOW, 0, false],
    ['keeps it longer if it counts dropped alerts', WINDOW, 1, true],
    ['keeps dropped alerts for almost a day', DAY - 1, 1, true],
    ['drops them after a day', DAY, 1, false],
    ['drops a tally from the future, since the clock was set back', -1, 5, false],
  ])('%s', (_what, ageMs, heldBack, isKept) => {
    expect(Object.keys(pruneTallies({ key: tally(ageMs, heldBack) }, WINDOW, T))).toEqual(isKept ? ['key'] : []);
  });

  test.each([
    [4_999, 4_999],
    [5_000, 5_000],
    [5_001, 5_000],
  ])('with %i tallies, keeps the newest %i', (count, kept) => {
    const tallies: Tallies = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`key ${String(index)}`, tally(index)]),
    );
    const pruned = pruneTallies(tallies, WINDOW, T);
    expect(Object.keys(pruned)).toHaveLength(kept);
    expect(pruned).not.toHaveProperty('key 5000');
    expect(pruned).toHaveProperty('key 0');
  });
});

test.each([
  [T - 1, 1],
  [T, 0],
  [T + 1, Infinity],
])('the time since %i is %i ms', (sinceMs, expected) => {
  expect(elapsedMs(sinceMs, T)).toBe(expected);
});
