import { expect, test } from 'vitest';
import { durationProblem } from '../../../src/policy/remote-access/durations.ts';

test.each<[string, unknown, boolean, boolean]>([
  ['a stop timeout of ten minutes', { stop: { gracefulTimeoutMs: 600_000 } }, true, true],
  ['a longer stop timeout', { stop: { gracefulTimeoutMs: 600_001 } }, false, false],
  ['a stop timeout of 23 days', { stop: { gracefulTimeoutMs: 2_000_000_000 } }, false, false],
  ['a long time after SIGKILL', { stop: { forceTimeoutMs: 900_000 } }, false, false],
  ['a long stop timeout of healing', { healTimeoutMs: 900_000 }, false, false],
  ['a long health check', { health: { check: { type: 'tcp' }, timeoutMs: 900_000 } }, false, false],
  ['a long timeout of a request', { timeoutMs: 86_400_000 }, false, false],
  ['a long delay between restarts', { restart: { backoffMs: [0, 900_000] } }, false, true],
  ['a long cooldown', { restart: { cooldown: { durationMs: 900_000 } } }, false, true],
  ['a long start', { startSeconds: 601 }, false, true],
  ['a try once a day', { restart: { indefiniteIntervalMs: 86_400_000 } }, true, true],
  ['a try once in 24 days', { restart: { indefiniteIntervalMs: 2_000_000_000 } }, false, true],
  ['a stop timeout with a unit', { stop: { gracefulTimeoutMs: '10m' } }, true, true],
  ['a longer one with a unit', { stop: { gracefulTimeoutMs: '11m' } }, false, false],
  ['a stop timeout of 24 days with a unit', { stop: { gracefulTimeoutMs: '24d' } }, false, false],
  ['a stop timeout of healing with units', { healTimeoutMs: '1h30m' }, false, false],
  ['long delays with units', { restart: { backoffMs: ['1s', '23h'] } }, false, true],
  ['a long startup delay with a unit', { health: { startupCheck: { initialDelayMs: '20h' } } }, false, true],
  ['pausing healing for a day', { forMs: 86_400_000 }, true, true],
  ['pausing healing for longer', { forMs: 86_400_001 }, false, true],
  ['texts that are no durations', { name: '20h', restart: 'never', stop: { signal: 'SIGTERM' } }, true, true],
  ['other numbers', { limits: { memoryMb: 900_000 }, env: { TimeMs: 900_000 }, args: [900_000] }, true, true],
  ['no number', { stop: { gracefulTimeoutMs: undefined }, health: null }, true, true],
])('%s: %j is a guest allowed to set it: %j, and a trusted caller: %j', (_what, fields, guest, trusted) => {
  expect(durationProblem(fields, 'guest') === null).toBe(guest);
  expect(durationProblem(fields, 'trusted') === null).toBe(trusted);
});

test('the sentence names the field and the limit', () => {
  expect(durationProblem({ stop: { gracefulTimeoutMs: 600_001 } }, 'trusted')).toBe(
    '"stop.gracefulTimeoutMs" may be at most 10 min when it is set remotely',
  );
  expect(durationProblem({ forMs: 2_147_483_647 }, 'guest')).toBe(
    '"forMs" may be at most 24 h when it is set remotely',
  );
});
