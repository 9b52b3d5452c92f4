import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { engineArguments } from '../../../src/config/instance/engine-arguments.ts';
import { ensureOwnFolder } from '../../../src/config/instance/own-folder.ts';
import { resolvePaths } from '../../../src/config/instance/paths.ts';

const UID = String(userInfo().uid);

describe('the folders', () => {
  test.each<[string, Record<string, string>, string, string, string]>([
    [
      'the home folder',
      { HOME: '/h', TMPDIR: '/t' },
      '/h/.config/healer',
      '/h/.local/state/healer',
      `/t/healer-${UID}`,
    ],
    [
      'XDG variables',
      { HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: '/r' },
      '/c/healer',
      '/s/healer',
      '/r/healer',
    ],
    [
      'the home folder instead of relative XDG variables',
      { HOME: '/h', TMPDIR: '/t', XDG_CONFIG_HOME: 'c', XDG_STATE_HOME: './s', XDG_RUNTIME_DIR: 'r' },
      '/h/.config/healer',
      '/h/.local/state/healer',
      `/t/healer-${UID}`,
    ],
    [
      'the home folder instead of empty XDG variables',
      { HOME: '/h', TMPDIR: '/t', XDG_CONFIG_HOME: '', XDG_STATE_HOME: '', XDG_RUNTIME_DIR: '' },
      '/h/.config/healer',
      '/h/.local/state/healer',
      `/t/healer-${UID}`,
    ],
    [
      'HEALER_HOME, which overrides XDG variables',
      { HEALER_HOME: '/x', HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: '/r' },
      '/x/config',
      '/x/state',
      '/x/run',
    ],
    [
      'the home folder instead of an empty HEALER_HOME',
      { HEALER_HOME: '', HOME: '/h', TMPDIR: '/t' },
      '/h/.config/healer',
      '/h/.local/state/healer',
      `/t/healer-${UID}`,
    ],
    [
      'a relative HEALER_HOME',
      { HEALER_HOME: 'x' },
      join(process.cwd(), 'x/config'),
      join(process.cwd(), 'x/state'),
      join(process.cwd(), 'x/run'),
    ],
  ])('derive from %s', (_what, env, config, state, runtime) => {
    expect(resolvePaths(env)).toMatchObject({
      configDir: config,
      stateDir: join(state, 'default'),
      runtimeDir: runtime,
    });
  });

  const isRoot = process.geteuid?.() === 0 && process.platform === 'linux';

  test('use the system temporary folder without TMPDIR, or the folder of root', () => {
    const expected = isRoot ? '/run/healer' : `/tmp/healer-${UID}`;
    expect(resolvePaths({ HOME: '/h' }, 'unused-name').runtimeDir).toBe(expected);
  });

  // The paths of an engine are derived from its own environment, in a session with another one.
  test('do not depend on the temporary folder of this process', () => {
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = '/elsewhere';
    try {
      const { runtimeDir } = resolvePaths({ HOME: '/h', TMP: '', TEMP: '/own' }, 'unused-name');
      expect(runtimeDir).toBe(isRoot ? '/run/healer' : `/own/healer-${UID}`);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });
});

test('the files of an instance', () => {
  expect(resolvePaths({ HEALER_HOME: '/x' }, 'blue')).toEqual({
    instance: 'blue',
    configDir: '/x/config',
    stateDir: '/x/state/blue',
    runtimeDir: '/x/run',
    seqNote: '/x/run/blue.seq',
    socket: '/x/run/blue.sock',
    lock: '/x/run/blue.lock',
    stateLock: '/x/state/blue/engine.lock',
    startNote: '/x/run/blue.start.json',
    pipesDir: '/x/run/blue.pipes',
    stateFile: '/x/state/blue/state.ndjson',
    cooldownFile: '/x/state/blue/cooldown_state.json',
    holdFile: '/x/state/blue/holds.json',
    totalsFile: '/x/state/blue/totals.ndjson',
    learnedFolder: '/x/state/blue/learned',
    healingLog: '/x/state/blue/healing.log',
    engineLog: '/x/state/blue/engine.log',
    logsDir: '/x/state/blue/logs',
    registryFile: '/x/config/registry.blue.json',
    sourcesFile: '/x/state/blue/sources.json',
    alertsFile: '/x/state/blue/alerts.json',
    spoolDir: '/x/state/blue/spool',
    fleetFile: '/x/state/blue/fleet/host.json',
  });
  expect(resolvePaths({ HEALER_HOME: '/x' }).registryFile).toBe('/x/config/registry.json');
});

test.each([
  [60, false],
  [86, false],
  [90, false],
  [91, true],
  [200, true],
])('a runtime folder of %d characters is shortened for the socket: %j', (length, isShortened) => {
  const folder = `/${'x'.repeat(length - 1)}`;
  const env = { HEALER_HOME: folder, TMPDIR: '/t' };
  const { socket, runtimeDir, stateDir } = resolvePaths(env);
  expect(runtimeDir).toMatch(isShortened ? new RegExp(`^/t/healer-${UID}/[0-9a-f]{12}$`) : /^\/x+\/run$/);
  expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(107);
  expect(stateDir).toBe(`${folder}/state/default`);
  expect(resolvePaths(env)).toEqual(resolvePaths({ ...env }));
});

test.each(['default', 'a', 'A1', 'a.b', 'a-b_c', '0', 'x'.repeat(32)])('%j is a valid instance name', (name) => {
  expect(resolvePaths({ HEALER_HOME: '/x' }, name).instance).toBe(name);
});

test.each(['', '.', '..', '-a', '_a', 'a/b', 'a b', 'a\n', 'ä', 'x'.repeat(33)])(
  '%j is an invalid instance name',
  (name) => {
    expect(() => resolvePaths({ HEALER_HOME: '/x' }, name)).toThrow(
      `"${name}" is not a valid instance name: use up to 32 letters, digits, dots, dashes or underscores`,
    );
  },
);

const PLAIN = { files: [], observes: false, watchedInstance: null, isStandalone: false };

test.each([
  [PLAIN, ['--instance', 'i']],
  [{ ...PLAIN, files: ['/a.txt'] }, ['--instance', 'i', '--file', '/a.txt']],
  [{ ...PLAIN, files: ['/a', '/b'] }, ['--instance', 'i', '--file', '/a', '--file', '/b']],
  [{ ...PLAIN, observes: true }, ['--instance', 'i', '--observe']],
  [{ ...PLAIN, watchedInstance: 'default' }, ['--instance', 'i', '--partner', 'default']],
  [{ ...PLAIN, isStandalone: true }, ['--instance', 'i', '--standalone']],
  [
    { files: ['/a'], observes: true, watchedInstance: 'p', isStandalone: true },
    ['--instance', 'i', '--file', '/a', '--observe', '--partner', 'p', '--standalone'],
  ],
])('the options %j become arguments', (options, expected) => {
  expect(engineArguments('i', options)).toEqual(expected);
});

describe("a folder for healer's files", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-own-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is created with its parents, for its owner alone', () => {
    const path = join(folder, 'a', 'b');
    ensureOwnFolder(path);
    ensureOwnFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test.each<[string, (path: string) => void]>([
    ['a file', (path) => writeFileSync(path, '')],
    ['a broken link', (path) => symlinkSync('/nowhere', path)],
  ])('cannot be created over %s', (_what, make) => {
    const path = join(folder, 'x');
    make(path);
    expect(() => ensureOwnFolder(path)).toThrow(
      `cannot create the folder "${path}": "${path}" is a file or a broken link — set HEALER_HOME to a writable folder`,
    );
  });
});
