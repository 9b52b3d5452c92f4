import { describe, expect, test } from 'vitest';
import { originProblem, type RequestHeaders } from '../../../src/policy/remote-access/request-origin.ts';

const TOOL: RequestHeaders = { hosts: ['localhost:19881'], origin: undefined, fetchSite: undefined };
const LOOPBACK = { localAddress: '127.0.0.1', names: ['build-7', 'Build-7.example.com'] };
const LAN = { ...LOOPBACK, localAddress: '192.0.2.10' };

const BROWSER = 'requests from web pages are refused: a browser sent this one';
const ORIGIN = 'requests from web pages are refused: this one has the header Origin';
const INVALID = 'the header Host is not a valid host name';
const notNamed = (name: string): string =>
  `"${name}" is not a name of this machine; add it to "names" in the setting "api"`;

describe('a request', () => {
  test.each<[string, Partial<RequestHeaders>, string | null]>([
    ['from a tool is accepted', {}, null],
    ['with an Origin is refused', { origin: 'http://evil.example' }, ORIGIN],
    ['with an Origin of this machine is refused', { origin: 'http://localhost:19881' }, ORIGIN],
    ['with an empty Origin is refused', { origin: '' }, ORIGIN],
    ['from another page is refused', { fetchSite: 'cross-site' }, BROWSER],
    ['from a page of the same site is refused', { fetchSite: 'same-origin' }, BROWSER],
    ['typed into the address bar is accepted', { fetchSite: 'none' }, null],
    ['without a Host is refused', { hosts: [] }, 'the request has no header Host'],
    ['with an empty Host is refused', { hosts: [''] }, INVALID],
    [
      'with a second Host that is not a name of this machine is refused',
      { hosts: ['localhost', 'evil.example'] },
      notNamed('evil.example'),
    ],
  ])('%s', (_what, changes, problem) => {
    expect(originProblem({ ...TOOL, ...changes }, LOOPBACK)).toBe(problem);
  });

  test.each<[string, string | null]>([
    ['localhost', null],
    ['LOCALHOST:1', null],
    ['127.0.0.1', null],
    ['127.0.0.1:65535', null],
    ['127.1.2.3', null],
    ['127.999.1.1', notNamed('127.999.1.1')],
    ['[::1]', null],
    ['[::1]:19881', null],
    ['build-7', null],
    ['build-7.EXAMPLE.com:80', null],
    ['build-8', notNamed('build-8')],
    ['localhost.evil.example', notNamed('localhost.evil.example')],
    ['127.0.0.1.evil.example', notNamed('127.0.0.1.evil.example')],
    ['192.0.2.10', notNamed('192.0.2.10')],
    ['localhost:', INVALID],
    ['localhost:123456', INVALID],
    ['localhost:80x', INVALID],
    ['user@localhost', INVALID],
    ['::1', INVALID],
    ['[::1', INVALID],
    ['local host', INVALID],
    ['localhost/', INVALID],
  ])('over loopback with the Host %j: %s', (host, problem) => {
    expect(originProblem({ ...TOOL, hosts: [host] }, LOOPBACK)).toBe(problem);
  });

  test.each<[string, string | null]>([
    ['192.0.2.10', null],
    ['192.0.2.10:19881', null],
    ['[::ffff:192.0.2.10]', null],
    ['192.0.2.11', notNamed('192.0.2.11')],
    ['build-7', null],
    // DNS rebinding: a page that resolves to this address calls it by another name.
    ['localhost', notNamed('localhost')],
    ['127.0.0.1', notNamed('127.0.0.1')],
    ['evil.example', notNamed('evil.example')],
  ])('over the network with the Host %j: %s', (host, problem) => {
    expect(originProblem({ ...TOOL, hosts: [host] }, LAN)).toBe(problem);
  });
});
