import { expect, test } from 'vitest';
import { hostKey, hostNameOf, isHostName, parseHostKey } from '../../../src/fleet/contract/names.ts';
import { ANY, hostSubject, parseSubject, rpcSubject } from '../../../src/fleet/contract/subjects.ts';

test.each([
  ['web-01', 'default', 'web-01'],
  ['Web.Example.com', 'default', 'web-example-com'],
  ['web_01', 'staging', 'web-01@staging'],
  ['web-01', 'Team.A', 'web-01@team-a'],
  ['.web.', 'default', 'web'],
  ['äöü', 'default', null],
  ['x'.repeat(80), 'default', 'x'.repeat(63)],
])('the host %j with the instance %j is called %j', (hostname, instance, name) => {
  expect(hostNameOf(hostname, instance)).toBe(name);
  if (name !== null) expect(isHostName(name)).toBe(true);
});

test.each(['', 'a.b', 'a b', '*', '>', 'a@b@c', 'A', 'a/b', 'x'.repeat(64), '\u001b[0m'])(
  '%j is not the name of a host',
  (name) => {
    expect(isHostName(name)).toBe(false);
  },
);

test('subjects are parsed as they were written', () => {
  const [site, host] = ['eu', 'web-01@staging'];
  for (const kind of ['row', 'facts', 'ev', 'live'] as const) {
    expect(parseSubject(hostSubject(site, host, kind))).toEqual({ kind, site, host });
  }
  expect(parseSubject(rpcSubject(site, host, 'operate', 'restart', 'ann'))).toEqual({
    kind: 'rpc',
    site,
    host,
    access: 'operate',
    method: 'restart',
    caller: 'ann',
  });
});

test.each([
  'healer.v1.eu.web-01',
  'healer.v1.eu.web-01.row.more',
  'healer.v1.eu.web-01.rpc.root.restart.ann',
  'healer.v1.eu.web-01.rpc.operate.restart',
  'healer.v1.eu.web-01.rpc.operate.restart.ann.more',
  'healer.v2.eu.web-01.row',
  'healer.v1.eu..row',
  'other',
  hostSubject(ANY, ANY, 'row'),
])('%j is not the subject of a message', (subject) => {
  expect(parseSubject(subject)).toBeNull();
});

test('the key of a host contains no @', () => {
  expect(hostKey('eu', 'web-01@staging')).toBe('eu.web-01/staging');
  expect(parseHostKey('eu.web-01/staging')).toEqual({ site: 'eu', host: 'web-01@staging' });
  expect(parseHostKey('eu')).toBeNull();
  expect(parseHostKey('eu.a.b')).toBeNull();
});
