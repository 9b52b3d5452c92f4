import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { later, recallFuture, recallPast, wallTimeOf } from '../../src/policy/moment.ts';
import { at, START } from '../support/programs.ts';

const JUMP = fc.integer({ min: -3e11, max: 3e11 });
const SPAN = fc.integer({ min: 0, max: 2 ** 32 });

describe('the time that a moment is shown as', () => {
  test('stays as it was noted while the clock only runs', () => {
    fc.assert(
      fc.property(SPAN, fc.integer({ min: -999, max: 999 }), (passedMs, driftMs) => {
        const now = { mono: START.mono + passedMs, wall: START.wall + passedMs + driftMs };
        expect(wallTimeOf(START, now)).toBe(START.wall);
      }),
    );
  });

  test('has the right distance from now, whatever the clock was set to', () => {
    fc.assert(
      fc.property(SPAN, JUMP, fc.boolean(), (spanMs, jumpMs, isPast) => {
        const moment = at(isPast ? -spanMs : spanMs);
        const now = { mono: START.mono, wall: START.wall + jumpMs };
        const distance = wallTimeOf(moment, now) - now.wall;
        expect(Math.abs(distance - (moment.mono - now.mono))).toBeLessThanOrEqual(1_000);
      }),
    );
  });
});

describe('a time that an earlier engine recorded', () => {
  test('in the future is never further away than its own length', () => {
    fc.assert(
      fc.property(SPAN, JUMP, (lengthMs, jumpMs) => {
        const now = { mono: 7, wall: START.wall + jumpMs };
        const until = recallFuture(later(START, lengthMs).wall, now, lengthMs);
        expect(until.mono - now.mono).toBeGreaterThanOrEqual(0);
        expect(until.mono - now.mono).toBeLessThanOrEqual(lengthMs);
      }),
    );
  });

  test('in the past is never in the future', () => {
    fc.assert(
      fc.property(JUMP, (jumpMs) => {
        const now = { mono: 7, wall: START.wall + jumpMs };
        expect(recallPast(START.wall, now).mono).toBeLessThanOrEqual(now.mono);
      }),
    );
  });
});
