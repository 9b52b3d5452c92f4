import { expect, test } from 'vitest';
import { badPrograms, isHealthyHost, urgency } from '../../../src/fleet/contract/fleet-host.ts';
import { countOutcomes, worstOutcome, type HostOutcome, type Outcome } from '../../../src/fleet/contract/outcomes.ts';
import { fleetHost } from '../../support/fleet-rows.ts';

function outcomes(...list: Outcome[]): HostOutcome[] {
  return list.map((outcome, index) => ({
    site: 'eu',
    host: `web-${index}`,
    outcome,
    message: '',
    code: null,
    tookMs: null,
  }));
}

test('the outcomes of all hosts add up, and the worst one counts', () => {
  const list = outcomes('ok', 'ok', 'absent', 'failed', 'unknown', 'refused');
  expect(countOutcomes(list)).toEqual({ ok: 2, refused: 1, absent: 1, failed: 1, unknown: 1 });
  expect(worstOutcome(list)).toBe('unknown');
  expect(worstOutcome(outcomes('ok', 'absent', 'failed'))).toBe('failed');
  expect(worstOutcome([])).toBe('ok');
});

test('programs that are down after a failure or unhealthy are bad, and unknown on a host that is not there', () => {
  const row = { counts: { running: 5, backoff: 1, cooldown: 2, failed: 3, exited: 4 }, unhealthy: 1 };
  expect(badPrograms(fleetHost({}, row))).toBe(7);
  expect(badPrograms(fleetHost({ presence: 'lost' }, row))).toBeNull();
  expect(badPrograms(fleetHost({}, { ...row, engine: 'away' }))).toBeNull();
  expect(badPrograms(fleetHost({}, null))).toBeNull();
});

test('a host is healthy only if it is live and nothing on it is degraded', () => {
  expect(isHealthyHost(fleetHost())).toBe(true);
  const unhealthy = [
    fleetHost({ presence: 'late' }),
    fleetHost({ problem: 'the row is not a JSON object' }),
    fleetHost({}, { degraded: 1 }),
    fleetHost({}, { collision: true }),
    fleetHost({}, { engine: 'away' }),
    fleetHost({}, { unhealthy: 1 }),
    fleetHost({}, null),
  ];
  expect(unhealthy.map(isHealthyHost)).toEqual(unhealthy.map(() => false));
});

test('the worst hosts are the most urgent ones', () => {
  const ascending = [
    fleetHost({ presence: 'left' }),
    fleetHost(),
    fleetHost({}, { degraded: 1 }),
    fleetHost({}, { unhealthy: 1 }),
    fleetHost({}, { collision: true }),
    fleetHost({ presence: 'late' }),
    fleetHost({ presence: 'lost' }),
  ];
  expect(ascending.map(urgency)).toEqual([0, 1, 2, 3, 4, 5, 6]);
});
