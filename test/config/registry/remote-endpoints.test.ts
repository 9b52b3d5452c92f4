import { describe, expect, test } from 'vitest';
import { isStandaloneAmong, peerSettingsOf, watcherOf } from '../../../src/config/registry/peer-settings.ts';
import { remoteSettingsOf, viewRemoteConfig } from '../../../src/config/registry/remote-endpoints.ts';
import { changeSetting, viewSettings } from '../../../src/config/registry/settings.ts';

describe('the endpoints', () => {
  const local = (port: number) => ({ host: '127.0.0.1', port });
  test.each<[string, object, string, Record<string, string>, object | null, object | null]>([
    ['defaults', {}, 'default', {}, local(19_881), local(19_883)],
    ['defaults of the watcher', {}, 'watcher', {}, local(19_882), local(19_884)],
    ['no defaults for other instances', {}, 'blue', {}, null, null],
    ['no defaults for inherited property names', {}, 'constructor', {}, null, null],
    ['ports of settings', { api: { port: 1 }, aliveness: { port: 2 } }, 'blue', {}, local(1), local(2)],
    [
      'hosts of settings',
      { api: { host: '0.0.0.0' } },
      'default',
      {},
      { host: '0.0.0.0', port: 19_881 },
      local(19_883),
    ],
    [
      'ports of variables',
      { api: { port: 1 } },
      'default',
      { HEALER_API_PORT: '5', HEALER_ALIVENESS_PORT: '6' },
      local(5),
      local(6),
    ],
    ['port 0', {}, 'default', { HEALER_API_PORT: '0' }, local(0), local(19_883)],
    ['empty variables', {}, 'default', { HEALER_API_PORT: '' }, local(19_881), local(19_883)],
    ['off', {}, 'default', { HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off' }, null, null],
    ['remote access switched off', { 'remote-access': { enabled: false } }, 'default', {}, null, local(19_883)],
    ['an invalid setting, which has no effect', { api: { port: 70_000 } }, 'default', {}, local(19_881), local(19_883)],
  ])('with %s', (_what, stored, instance, env, apiAt, alivenessAt) => {
    expect(remoteSettingsOf({ ...stored }, instance, env)).toMatchObject({ apiAt, alivenessAt });
  });

  test.each(['65536', '-1', '1.5', 'on', '0x50', ' 80', '123456'])('the port %j is rejected', (text) => {
    expect(() => remoteSettingsOf({}, 'default', { HEALER_API_PORT: text })).toThrow(
      `HEALER_API_PORT is "${text}", but must be a port from 0 to 65535 or "off"`,
    );
  });

  test('lists of hosts and patterns have defaults', () => {
    expect(remoteSettingsOf({}, 'default', {})).toMatchObject({
      trustedHosts: ['localhost', '127.0.0.1', '::1'],
      whitelist: [],
      blacklist: [],
    });
    expect(viewRemoteConfig({}, 'trusted-hosts')).toEqual({ hosts: ['localhost', '127.0.0.1', '::1'] });
    expect(viewRemoteConfig({ 'trusted-hosts': { hosts: ['a'] } }, 'trusted-hosts')).toEqual({ hosts: ['a'] });
  });
});

describe('a change of a setting', () => {
  test.each<[string, unknown, unknown]>([
    ['zombieScanSeconds', '60', 60],
    ['zombieScanSeconds', 86_400, 86_400],
    ['orphanCheckSeconds', 1, 1],
    ['executable-whitelist', { patterns: ['/opt/*'] }, { patterns: ['/opt/*'] }],
    [
      'trusted-hosts',
      { hosts: ['192.168.1.*', '*.example.com', '::1'] },
      { hosts: ['192.168.1.*', '*.example.com', '::1'] },
    ],
    ['telemetry', { endpoint: 'http://h:4318' }, { endpoint: 'http://h:4318', intervalSeconds: 60 }],
    ['standalone-mode', {}, { enabled: false }],
  ])('%s to %j stores %j', (key, value, expected) => {
    expect(changeSetting({}, key, value)).toEqual({ [key]: expected });
  });

  test.each<[string, unknown, string]>([
    ['zombieScanSeconds', 0, 'cannot set "zombieScanSeconds": '],
    ['zombieScanSeconds', 'often', 'cannot set "zombieScanSeconds": '],
    [
      'executable-whitelist',
      { patterns: ['opt/*'] },
      'cannot set "executable-whitelist": must be an absolute path, in which * and ** match any name and any folders',
    ],
    [
      'trusted-hosts',
      { hosts: ['a b'] },
      'cannot set "trusted-hosts": must be an address such as 192.168.1.* or a name such as *.example.com',
    ],
    ['api', { tokenFile: 'token' }, 'cannot set "api": must be an absolute path'],
    ['api', { prot: 1 }, 'cannot set "api": '],
    ['remote-access', { allowStop: 'no' }, 'cannot set "remote-access": '],
    ['telemetry', { endpoint: 'ftp://x' }, 'cannot set "telemetry": '],
  ])('%s to %j is rejected', (key, value, sentence) => {
    expect(() => changeSetting({}, key, value)).toThrow(sentence);
  });
});

describe('peer settings', () => {
  test.each<[object, string, object]>([
    [{}, 'default', { isStandalone: false, watcher: 'watcher', statusUrl: null, startsPeer: true }],
    [{}, 'blue', { watcher: 'blue-watcher' }],
    [{ 'standalone-mode': { enabled: true } }, 'default', { isStandalone: true, watcher: 'watcher' }],
    [{ 'partner-discovery': { discoveryOnStartup: false } }, 'default', { watcher: null }],
    [{ 'partner-discovery': { startPartnerIfMissing: false } }, 'default', { startsPeer: false }],
    [{ 'partner-discovery': { partnerInstanceId: 'guard' } }, 'blue', { watcher: 'guard' }],
    [{ 'partner-discovery': { partnerAlivenessPort: 7 } }, 'default', { statusUrl: 'http://127.0.0.1:7/status' }],
    [
      { 'partner-discovery': { partnerStatusUrl: 'http://h/s', partnerAlivenessPort: 7 } },
      'default',
      { statusUrl: 'http://h/s' },
    ],
    [{ 'partner-discovery': { partnerAlivenessPort: 'x' } }, 'default', { watcher: 'watcher', statusUrl: null }],
  ])('%j of %s', (stored, instance, expected) => {
    expect(peerSettingsOf({ ...stored }, instance)).toMatchObject(expected);
  });

  test('the watcher of an instance has a derived name', () => {
    expect(['default', 'a'].map(watcherOf)).toEqual(['watcher', 'a-watcher']);
  });

  test.each([
    [{}, false],
    [{ 'standalone-mode': { enabled: true } }, true],
    [{ 'standalone-mode': { enabled: false } }, false],
  ])('standalone mode is read from displayed settings: %j', (stored, expected) => {
    expect(isStandaloneAmong(viewSettings(stored))).toBe(expected);
  });
});

describe('a setting that cannot be read allows nothing more', () => {
  const of = (stored: Record<string, unknown>) => remoteSettingsOf(stored, 'default', {});
  const none = Object.fromEntries(Object.keys(of({}).permissions).map((name) => [name, false]));

  test('permissions are off', () => {
    expect(of({ 'remote-access': { allowStop: 'no' } }).permissions).toEqual(none);
    expect(of({ 'remote-access': { allowStop: false } }).permissions).toMatchObject({
      allowStop: false,
      allowStart: true,
    });
  });

  test('no host is trusted', () => {
    expect(of({ 'trusted-hosts': { hosts: ['***'] } }).trustedHosts).toEqual([]);
  });

  test('no executable is allowed', () => {
    expect(of({ 'executable-blacklist': { patterns: ['*.sh'] } }).blacklist).toEqual(['/**']);
    expect(of({ 'executable-whitelist': { patterns: ['*.sh'] } }).whitelist).toEqual([]);
  });

  test('the token stays required, and nothing is allowed without it', () => {
    const { api, permissions, trustedHosts } = of({ api: { port: 70_000, tokenFile: '/etc/healer/token' } });
    expect([api.tokenFile, permissions, trustedHosts]).toEqual(['/etc/healer/token', none, []]);
  });
});
