import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  beginWatch,
  describeCheck,
  describeEvidence,
  firstProbeDelay,
  type HealthRule,
  type HealthVerdict,
  type HealthWatch,
  judgeProbe,
  nextProbeDelay,
} from '../../src/policy/health.ts';
import type { ProcessSpecInput } from '../../src/protocol/process-spec.ts';
import { spec } from '../support/programs.ts';

type RuleInput = Partial<NonNullable<ProcessSpecInput['health']>>;

function rule(fields: RuleInput = {}): HealthRule {
  const { health } = spec({ health: { check: { type: 'tcp', port: 80 }, ...fields } });
  if (health === null) throw new Error('the spec has a check');
  return health;
}

/** Returns the verdicts for a series of results, "+" for a pass and "-" for a failure. */
function verdicts(results: string, watch: HealthWatch, by: HealthRule): HealthVerdict[] {
  let current = watch;
  return results.split('').map((result) => {
    const { watch: next, verdict } = judgeProbe(current, by, { ok: result === '+' });
    current = next;
    return verdict;
  });
}

const SHORT = { none: '.', healthy: 'H', unhealthy: 'U', 'startup-failed': 'F' } as const;

function story(results: string, watch: HealthWatch, by = rule()): string {
  return verdicts(results, watch, by)
    .map((verdict) => SHORT[verdict])
    .join('');
}

const STEADY = beginWatch(false);
const STARTUP = beginWatch(true);

describe('steady checks', () => {
  test.each([
    ['one pass makes it healthy, which is reported once', '+++', 'H..'],
    ['a single failure is not a verdict', '+-+-+', 'H....'],
    ['failures have to be consecutive', '+-+--', 'H...U'],
    ['every further failure repeats the verdict', '+----', 'H.UUU'],
    ['one pass makes it healthy again', '--+', '.UH'],
    ['the health is unknown before the first verdict', '-', '.'],
  ])('%s', (_name, results, expected) => {
    expect(story(results, STEADY)).toBe(expected);
  });

  test('needs as many failures as the rule requires', () => {
    expect(story('-----', STEADY, rule({ consecutiveFailuresRequired: 4 }))).toBe('...UU');
    expect(story('-', STEADY, rule({ consecutiveFailuresRequired: 1 }))).toBe('U');
  });
});

describe('startup checks', () => {
  test.each([
    ['failures before the first pass are not a fault', '-----+', '.....H'],
    ['after the first pass the steady rule applies', '-+--', '.H.U'],
    ['attempts can be used up', '----', '...F'],
    ['a program that keeps running can still become healthy', '----+', '...FH'],
    ['a program that keeps running and failing is unhealthy', '-----', '...FU'],
  ])('%s', (_name, results, expected) => {
    const maxAttempts = expected.includes('F') ? 4 : 30;
    expect(story(results, STARTUP, rule({ startupCheck: { maxAttempts } }))).toBe(expected);
  });
});

describe('any series of results', () => {
  const anyRule = fc.record({ required: fc.integer({ min: 1, max: 5 }), attempts: fc.integer({ min: 1, max: 6 }) });
  const anyResults = fc.array(fc.constantFrom('+', '-'), { maxLength: 40 }).map((results) => results.join(''));

  test('is unhealthy exactly while the last results are as many failures as required', () => {
    fc.assert(
      fc.property(anyResults, anyRule, (results, { required }) => {
        const given = verdicts(results, STEADY, rule({ consecutiveFailuresRequired: required }));
        given.forEach((verdict, index) => {
          const upToNow = results.slice(0, index + 1);
          expect(verdict === 'unhealthy').toBe(upToNow.endsWith('-'.repeat(required)));
        });
      }),
    );
  });

  test('fails its startup at most once, and never after a pass', () => {
    fc.assert(
      fc.property(anyResults, anyRule, (results, { attempts }) => {
        const given = verdicts(results, STARTUP, rule({ startupCheck: { maxAttempts: attempts } }));
        const failedAt = given.indexOf('startup-failed');
        expect(given.lastIndexOf('startup-failed')).toBe(failedAt);
        expect(failedAt).toBe(results.startsWith('-'.repeat(attempts)) ? attempts - 1 : -1);
      }),
    );
  });

  test('reports healthy only if it was not healthy before', () => {
    fc.assert(
      fc.property(anyResults, (results) => {
        const given = verdicts(results, STEADY, rule()).filter((verdict) => verdict !== 'none');
        given.forEach((verdict, index) => expect(verdict === 'healthy' && given[index - 1] === 'healthy').toBe(false));
      }),
    );
  });
});

describe('delays', () => {
  test('a new run is probed after its initial delay, an adopted one right away', () => {
    expect(firstProbeDelay(STARTUP, rule(), 0)).toBe(2000);
    expect(firstProbeDelay(STARTUP, rule(), 0.999)).toBeLessThanOrEqual(2200);
    expect(firstProbeDelay(STEADY, rule(), 0)).toBe(0);
    expect(firstProbeDelay(STEADY, rule(), 0.999)).toBeLessThanOrEqual(300);
  });

  test('intervals run from start to start, and a slow probe is followed by the next one immediately', () => {
    expect(nextProbeDelay(STEADY, rule(), 500, 0)).toBe(2500);
    expect(nextProbeDelay(STEADY, rule({ intervalMs: 1000 }), 2000, 0)).toBe(0);
    expect(nextProbeDelay(STARTUP, rule(), 0, 0)).toBe(1000);
  });

  test('are never longer than the interval, whatever the chance', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 5000 }), (chance, took) => {
        expect(nextProbeDelay(STEADY, rule(), took, chance)).toBeLessThanOrEqual(3000);
        expect(nextProbeDelay(STEADY, rule(), took, chance)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

test('describes a check and its evidence as a sentence', () => {
  const { check } = rule({ check: { type: 'http', url: 'http://127.0.0.1:8080/health' } });
  expect(describeCheck(check)).toBe('GET http://127.0.0.1:8080/health');
  expect(describeCheck({ type: 'tcp', host: '::1', port: 80 })).toBe('TCP [::1]:80');
  expect(describeCheck({ type: 'exec', command: 'pg_isready', args: ['-q'] })).toBe('pg_isready -q');
  const evidence = { asked: describeCheck(check), ok: false, answer: 'answered 500', latencyMs: 3 };
  expect(describeEvidence({ ...evidence, times: 2 })).toBe(
    'GET http://127.0.0.1:8080/health answered 500, 2 times in a row',
  );
  expect(describeEvidence({ ...evidence, times: 1 })).toBe('GET http://127.0.0.1:8080/health answered 500');
});
