import { describe, expect, test } from 'vitest';
import { changeSetting, viewSetting } from '../../../src/config/registry/settings.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('a setting', () => {
  test.each<[string, unknown, unknown]>([
    ['zombieScanSeconds', 1, 1],
    ['zombieScanSeconds', '86400', 86_400],
    ['orphanCheckSeconds', '1', 1],
    ['orphanCheckSeconds', 86_400, 86_400],
    ['healing', 'heal', 'heal'],
    ['binaries', {}, {}],
    ['telemetry', { intervalSeconds: 1 }, { endpoint: null, intervalSeconds: 1 }],
    ['telemetry', { endpoint: 'http://h', intervalSeconds: 86_400 }, { endpoint: 'http://h', intervalSeconds: 86_400 }],
    ['aliveness', { port: 0 }, { host: '127.0.0.1', port: 0 }],
    ['aliveness', { port: 65_535 }, { host: '127.0.0.1', port: 65_535 }],
    ['executable-whitelist', { patterns: ['/'] }, { patterns: ['/'] }],
    ['standalone-mode', {}, { enabled: false }],
  ])('%s accepts %j', (key, value, stored) => {
    expect(viewSetting(changeSetting({}, key, value), key)).toMatchObject({ value: stored, isDefault: false });
  });

  test.each<[string, unknown, RegExp]>([
    ['zombieScanSeconds', 0, /has to be at least 1 — for example 60$/],
    ['zombieScanSeconds', 86_401, /has to be at most 86400 — for example 60$/],
    ['zombieScanSeconds', 1.5, / — for example 60$/],
    ['zombieScanSeconds', 'often', / — for example 60$/],
    ['orphanCheckSeconds', 0, /has to be at least 1 — for example 10$/],
    ['orphanCheckSeconds', 86_401, /has to be at most 86400 — for example 10$/],
    ['binaries', { node: 'bin/node' }, /must be an absolute path/],
    ['binaries', { '': '/x' }, / — for example /],
    ['telemetry', { endpoint: 'ftp://h' }, / — for example /],
    ['telemetry', { intervalSeconds: 0.9 }, /has to be at least 1/],
    ['telemetry', { intervalSeconds: 86_401 }, /has to be at most 86400/],
    ['telemetry', { interval: 1 }, /"interval"/],
    ['aliveness', { port: -1 }, /has to be at least 0/],
    ['aliveness', { port: 65_536 }, /has to be at most 65535/],
    ['executable-whitelist', { patterns: ['opt/*'] }, /must be an absolute path, in which \* and \*\* match any name/],
    [
      'trusted-hosts',
      { hosts: ['a b'] },
      /must be an address such as 192\.168\.1\.\* or a name such as \*\.example\.com/,
    ],
    ['api', { requestsPerSecond: 0.5 }, /has to be at least 1/],
    ['api', { tokenFile: 'token' }, /must be an absolute path/],
    ['partner-discovery', { partnerStatusUrl: 'file:///x' }, / — for example /],
    ['standalone-mode', { enabled: 'yes' }, / — for example /],
  ])('%s refuses %j', (key, value, message) => {
    const error = thrownBy(() => changeSetting({ healing: 'observe' }, key, value));
    expect(error).toMatchObject({ code: 'INVALID_CONFIG', data: { key } });
    expect(error.message.startsWith(`cannot set "${key}": `)).toBe(true);
    expect(error.message).toMatch(message);
  });

  test.each<[string, unknown, object]>([
    ['healing', 'heal', { healing: 'heal', binaries: { a: '/a' }, other: 1 }],
    ['healing', null, { binaries: { a: '/a' }, other: 1 }],
    ['binaries.b', '/b', { healing: 'observe', binaries: { a: '/a', b: '/b' }, other: 1 }],
    ['binaries.a', '/b', { healing: 'observe', binaries: { a: '/b' }, other: 1 }],
    ['binaries.a', null, { healing: 'observe', binaries: {}, other: 1 }],
    ['binaries.none', null, { healing: 'observe', binaries: { a: '/a' }, other: 1 }],
    ['binaries', null, { healing: 'observe', other: 1 }],
  ])('%s set to %j leaves the others unchanged', (key, value, expected) => {
    const stored = { healing: 'observe', binaries: { a: '/a' }, other: 1 };
    expect(changeSetting(stored, key, value)).toEqual(expected);
    expect(stored).toEqual({ healing: 'observe', binaries: { a: '/a' }, other: 1 });
  });
});
