import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parsePid } from '../../../src/cli/command/pid.ts';
import { refuseRemote, remoteOptionsOf } from '../../../src/cli/command/remote-engine.ts';
import { withInstance } from '../../../src/cli/command/with-instance.ts';
import { systemdUnit, unitName } from '../../../src/cli/boot/systemd-unit.ts';

const folder = mkdtempSync(join(tmpdir(), 'healer-arguments-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a pid', () => {
  test.each([
    ['1', 1],
    ['4711', 4711],
    ['4194304', 4_194_304],
  ])('%s is accepted', (word, pid) => {
    expect(parsePid(word)).toBe(pid);
  });

  test.each(['', '0', '-1', '1.5', 'web', '1e3', ' 1'])('%j is refused', (word) => {
    expect(() => parsePid(word)).toThrow(`"${word}" is not a pid — write a whole number, as shown by "ps"`);
  });

  test('larger than the largest one of Linux is refused', () => {
    expect(() => parsePid('4194305')).toThrow('"4194305" is not a pid — the largest one is 4194304; "ps" shows them');
  });
});

describe('a remote engine', () => {
  const url = 'https://box:19881';
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  test('is not used without --host', () => {
    expect(remoteOptionsOf({ host: undefined, tokenFile: undefined }, { HEALER_CA_FILE: '/missing' })).toBeNull();
  });

  test('is reached with the token and the certificate authority from files', () => {
    const token = file('token', 'secret\n');
    const ca = file('ca.pem', 'CERTIFICATE\n');
    expect(remoteOptionsOf({ host: url, tokenFile: undefined }, {})).toEqual({ url });
    expect(remoteOptionsOf({ host: url, tokenFile: token }, { HEALER_CA_FILE: '' })).toEqual({ url, token: 'secret' });
    expect(remoteOptionsOf({ host: url, tokenFile: token }, { HEALER_CA_FILE: ca })).toEqual({
      ...{ url, token: 'secret', ca: 'CERTIFICATE' },
    });
  });

  test('needs --host for a token', () => {
    expect(() => remoteOptionsOf({ host: undefined, tokenFile: '/token' }, {})).toThrow(
      '"--token-file" needs "--host": the local engine requires no token',
    );
  });

  test('needs a readable token file', () => {
    const missing = join(folder, 'missing');
    expect(() => remoteOptionsOf({ host: url, tokenFile: missing }, {})).toThrow(
      `cannot read "${missing}" (--token-file): file not found — check the path`,
    );
  });

  test('is refused by commands that work on this machine only', () => {
    expect(() => {
      refuseRemote({ remote: null }, 'up');
    }).not.toThrow();
    expect(() => {
      refuseRemote({ remote: { url } }, 'up');
    }).toThrow('"healer up" works on this machine only — omit "--host"');
  });
});

test.each([
  ['default', 'healer up', 'healer.service'],
  ['blue', 'healer up --instance blue', 'healer-blue.service'],
])('for the instance "%s", commands are "%s" and the unit is "%s"', (instance, command, unit) => {
  expect(withInstance(instance)('up')).toBe(command);
  expect(unitName(instance)).toBe(unit);
});

describe('a unit', () => {
  const facts = {
    ...{ scope: 'user' as const, instance: 'blue', folders: [], engineLog: '/srv/log' },
    launch: { node: '/usr/bin/node', cli: '/opt/cli.js', versions: null },
    ...{ workingDirectory: '/srv', environment: {}, userName: 'me', canNotify: true },
  };

  test.each<[part: string, isIn: 'user' | 'system' | 'both']>([
    [
      'ExecStart=/usr/bin/node --max-semi-space-size=2 --v8-pool-size=1 /opt/cli.js up --foreground --instance blue',
      'both',
    ],
    ['ExecStop=-/usr/bin/node /opt/cli.js down --instance blue', 'both'],
    ['KillMode=process', 'both'],
    ['Restart=on-failure', 'both'],
    ['WantedBy=default.target', 'user'],
    ['WantedBy=multi-user.target', 'system'],
    ['After=network-online.target', 'system'],
    ['User=me', 'system'],
  ])('contains %s: %s', (part, isIn) => {
    for (const scope of ['user', 'system'] as const) {
      const lines = systemdUnit({ ...facts, scope }, '# mark').split('\n');
      expect(lines.includes(part)).toBe(isIn === 'both' || isIn === scope);
    }
  });
});
