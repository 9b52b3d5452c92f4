import { describe, expect, test } from 'vitest';
import { beginWatch, describeEvidence, type HealthRule, judgeProbe } from '../../src/policy/health.ts';
import { healthSchema } from '../../src/protocol/spec/health-spec.ts';

function rule(fields: object): HealthRule {
  return healthSchema.parse({ check: { type: 'tcp', port: 1 }, ...fields });
}

/** Returns the verdict after each result; `+` passed, `-` failed. */
function verdicts(checked: HealthRule, results: string, isStarting = false): string {
  let watch = beginWatch(isStarting);
  return Array.from(results)
    .map((result) => {
      const judged = judgeProbe(watch, checked, { ok: result === '+' });
      watch = judged.watch;
      return { none: '.', healthy: 'H', unhealthy: 'U', 'startup-failed': 'F' }[judged.verdict];
    })
    .join('');
}

describe('failures: n of m', () => {
  test.each([
    ['3 of 5', '+-+-+-', 'H....U'],
    ['3 of 5', '+--+++--', 'H.......'],
    ['3 of 5', '+---', 'H..U'],
    ['2 of 2', '+-+--', 'H...U'],
    ['1 of 3', '+-', 'HU'],
    ['2 of 10', '+-++++++++-', 'H.........U'],
    ['2 of 9', '+-++++++++-', 'H..........'],
  ])('%s of %s gives %s', (failures, results, expected) => {
    expect(verdicts(rule({ failures }), results)).toBe(expected);
  });

  test('repeats its verdict with each further failure', () => {
    expect(verdicts(rule({ failures: '2 of 3' }), '+---')).toBe('H.UU');
  });

  test('is the same as consecutive failures if both numbers are equal', () => {
    const results = '+-+--+---+----';
    expect(verdicts(rule({ failures: '3 of 3' }), results)).toBe(
      verdicts(rule({ consecutiveFailuresRequired: 3 }), results),
    );
  });

  test('says how many failed', () => {
    const evidence = { asked: 'TCP a:1', ok: false, answer: 'refused', latencyMs: 1, times: 3, among: 5 };
    expect(describeEvidence(evidence)).toBe('TCP a:1 refused, 3 of the last 5 checks failed');
  });
});

describe('successesRequired', () => {
  test.each([
    [1, true, '+', 'H'],
    [3, true, '++-+++', '.....H'],
    [2, false, '+-++', '...H'],
    [2, false, '++--+-++', '.H.U...H'],
  ])('%s (starting: %s) of %s gives %s', (successesRequired, isStarting, results, expected) => {
    expect(verdicts(rule({ successesRequired }), results, isStarting)).toBe(expected);
  });

  test('does not extend the attempts of a start', () => {
    const checked = rule({ successesRequired: 2, startupCheck: { maxAttempts: 3 } });
    expect(verdicts(checked, '-+-+-', true)).toBe('....F');
  });
});
