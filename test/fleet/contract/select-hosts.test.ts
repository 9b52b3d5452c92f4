import { describe, expect, test } from 'vitest';
import type { FleetHost } from '../../../src/fleet/contract/fleet-host.ts';
import { parseHostSelector } from '../../../src/fleet/contract/host-selector.ts';
import { selectHosts } from '../../../src/fleet/contract/select-hosts.ts';
import { fleetHost } from '../../support/fleet-rows.ts';

const HOSTS: readonly FleetHost[] = [
  fleetHost({ host: 'web-01' }),
  fleetHost({ host: 'web-02' }, { counts: { running: 2, failed: 1 }, cpuPercent: 91 }),
  fleetHost({ host: 'web-03', site: 'us', presence: 'lost', ageMs: 120_000 }),
  fleetHost({ host: 'db-01', labels: { role: 'db', 'disk.type': 'ssd' } }, { version: '0.2.9', unhealthy: 1 }),
  fleetHost({ host: 'db-02', labels: { role: 'db' }, presence: 'late', ageMs: 20_000 }, { engine: 'away' }),
  fleetHost({ host: 'new-01', labels: {}, presence: 'never', ageMs: null }, null),
];

function selected(text: string): string[] | string {
  const parsed = parseHostSelector(text);
  return 'problem' in parsed ? parsed.problem : selectHosts(parsed.selector, HOSTS).hosts.map(({ host }) => host);
}

test.each<[string, string[]]>([
  ['', ['web-01', 'web-02', 'web-03', 'db-01', 'db-02', 'new-01']],
  ['all', ['web-01', 'web-02', 'web-03', 'db-01', 'db-02', 'new-01']],
  ['role=web', ['web-01', 'web-02', 'web-03']],
  ['role=web site=eu', ['web-01', 'web-02']],
  ['role=web site=eu !healthy', ['web-02']],
  ['!healthy', ['web-02', 'web-03', 'db-01', 'db-02', 'new-01']],
  ['healthy', ['web-01']],
  ['role=web,db site=us', ['web-03']],
  ['role!=web', ['db-01', 'db-02', 'new-01']],
  ['!role=*', ['new-01']],
  ['disk.type=ssd', ['db-01']],
  ['label.role=db', ['db-01', 'db-02']],
  ['web-*', ['web-01', 'web-02', 'web-03']],
  ['web-01 db-01', ['web-01', 'db-01']],
  ['web-* !web-01', ['web-02', 'web-03']],
  ['web-01 role=db', []],
  ['state=failed', ['web-02']],
  ['state=lost,late', ['web-03', 'db-02']],
  ['lost', ['web-03']],
  ['never', ['new-01']],
  ['away', ['db-02']],
  ['version=0.2.*', ['db-01']],
  ['bad>0', ['web-02', 'db-01']],
  ['bad', ['web-02', 'db-01']],
  ['bad=0', ['web-01']],
  ['cpu>=90', ['web-02']],
  ['cpu>90%', ['web-02']],
  ['age>1m', ['web-03']],
  ['programs!=3', []],
])('the selector %j selects %j', (text, hosts) => {
  expect(selected(text)).toEqual(hosts);
});

test.each<[string, string | RegExp]>([
  ['role>3', /can be compared by size/],
  ['bad>many', /"many" is not a number/],
  ['cpu>5m', /"5m" is not a number/],
  ['role=', /the value is missing/],
  ['role=a b=\u001b', /invalid character/],
  ['state=broken', /"broken" is not a state: use one of live/],
  ['host=web-01', /write the name alone/],
  ['Web-01', /neither a condition nor the name of a host/],
  ['x'.repeat(3000), /at most 2000 characters/],
])('the selector %j is refused', (text, problem) => {
  expect(selected(text)).toMatch(problem);
});

describe('a name that no host has', () => {
  const problems = (text: string) => {
    const parsed = parseHostSelector(text);
    return 'problem' in parsed ? [parsed.problem] : selectHosts(parsed.selector, HOSTS).problems;
  };

  test('is a problem, with the name that may be meant', () => {
    expect(problems('web-01 web-99 web-1')).toEqual([
      'no host is called "web-99"; did you mean "web-01"?',
      'no host is called "web-1"; did you mean "web-01"?',
    ]);
  });

  test('is a problem as a pattern too, but not if it is excluded', () => {
    expect(problems('cache-*')).toEqual(['no host matches "cache-*"']);
    expect(problems('!cache-*')).toEqual([]);
  });
});
