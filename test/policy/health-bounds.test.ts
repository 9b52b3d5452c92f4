import { describe, expect, test } from 'vitest';
import {
  beginWatch,
  describeCheck,
  firstProbeDelay,
  type HealthRule,
  type HealthWatch,
  judgeProbe,
  nextProbeDelay,
} from '../../src/policy/health.ts';
import { spec } from '../support/programs.ts';

const RULE = ruleOf(3_000, 2_000, 1_000, 2, 3);
const STEADY = beginWatch(false);
const STARTUP = beginWatch(true);

function ruleOf(
  intervalMs: number,
  initialDelayMs: number,
  checkIntervalMs: number,
  required: number,
  attempts: number,
) {
  const startupCheck = { initialDelayMs, checkIntervalMs, maxAttempts: attempts };
  const { health } = spec({
    health: { check: { type: 'tcp', port: 80 }, intervalMs, consecutiveFailuresRequired: required, startupCheck },
  });
  if (health === null) throw new Error('the spec has a check');
  return health;
}

describe('the first probe', () => {
  test.each<[string, HealthWatch, HealthRule, number, number]>([
    ['of a new run follows its initial delay', STARTUP, RULE, 0, 2_000],
    ['of a new run is spread over a tenth more', STARTUP, RULE, 0.5, 2_100],
    ['of a new run is spread by at most a tenth', STARTUP, RULE, 0.9999, 2_200],
    ['of a new run without a delay is due now', STARTUP, ruleOf(3_000, 0, 1_000, 2, 3), 0.9, 0],
    ['of an adopted run is due now', STEADY, RULE, 0, 0],
    ['of an adopted run is spread over 300 ms', STEADY, RULE, 0.5, 150],
    ['of an adopted run is due within 300 ms', STEADY, RULE, 0.9999, 300],
  ])('%s', (_what, watch, rule, chance, expected) => {
    expect(firstProbeDelay(watch, rule, chance)).toBe(expected);
  });
});

describe('the next probe', () => {
  test.each<[string, HealthWatch, number, number, number]>([
    ['follows the interval', STEADY, 0, 0, 3_000],
    ['is earlier by the duration of the previous one', STEADY, 2_999, 0, 1],
    ['is due now after a probe that took the interval', STEADY, 3_000, 0, 0],
    ['is due now after a probe that took longer', STEADY, 3_001, 0, 0],
    ['is earlier by half of the spread', STEADY, 0, 0.5, 2_850],
    ['is earlier by at most a tenth', STEADY, 0, 0.9999, 2_700],
    ['is spread before the duration counts', STEADY, 2_849, 0.5, 1],
    ['is due now if the spread leaves nothing', STEADY, 2_850, 0.5, 0],
    ['of the startup check follows its own interval', STARTUP, 0, 0, 1_000],
    ['of the startup check is spread too', STARTUP, 0, 0.5, 950],
    ['of the startup check is due now after a long probe', STARTUP, 1_000, 0, 0],
  ])('%s', (_what, watch, tookMs, chance, expected) => {
    expect(nextProbeDelay(watch, RULE, tookMs, chance)).toBe(expected);
  });
});

describe('a result', () => {
  const startup = (failures: number): HealthWatch => ({ phase: 'startup', failures });
  const steady = (health: 'unknown' | 'healthy' | 'unhealthy', failures: number): HealthWatch => ({
    phase: 'steady',
    health,
    failures,
  });

  test.each<[HealthWatch, boolean, HealthWatch, string]>([
    [startup(0), false, startup(1), 'none'],
    [startup(1), false, startup(2), 'none'],
    [startup(2), false, steady('unhealthy', 3), 'startup-failed'],
    [startup(2), true, steady('healthy', 0), 'healthy'],
    [steady('unhealthy', 3), false, steady('unhealthy', 4), 'unhealthy'],
    [steady('unhealthy', 9), true, steady('healthy', 0), 'healthy'],
    [steady('unknown', 0), false, steady('unknown', 1), 'none'],
    [steady('unknown', 1), false, steady('unhealthy', 2), 'unhealthy'],
    [steady('unknown', 1), true, steady('healthy', 0), 'healthy'],
    [steady('healthy', 0), false, steady('healthy', 1), 'none'],
    [steady('healthy', 1), false, steady('unhealthy', 2), 'unhealthy'],
    [steady('healthy', 1), true, steady('healthy', 0), 'none'],
  ])('changes %j by a pass (%j) to %j: %s', (watch, ok, next, verdict) => {
    expect(judgeProbe(watch, RULE, { ok })).toEqual({ watch: next, verdict });
  });

  test('of the only startup attempt decides', () => {
    const rule = ruleOf(3_000, 0, 1_000, 2, 1);
    expect(judgeProbe(STARTUP, rule, { ok: false }).verdict).toBe('startup-failed');
  });
});

test.each<[HealthRule['check'], string]>([
  [{ type: 'tcp', host: '127.0.0.1', port: 80 }, 'TCP 127.0.0.1:80'],
  [{ type: 'tcp', host: 'fe80::1', port: 80 }, 'TCP [fe80::1]:80'],
  [{ type: 'exec', command: 'check', args: [] }, 'check'],
  [{ type: 'exec', command: 'sh', args: ['-c', 'x'.repeat(100_000)] }, `sh -c ${'x'.repeat(193)}…`],
])('the check %j is described as %s, at most 200 characters', (check, expected) => {
  expect(describeCheck(check)).toBe(expected);
});
