import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isInCache, launchOf, launchWords, type LaunchSearch } from '../../../src/cli/boot/launch.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'healer-launch-')));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Links = Readonly<Record<string, string>>;

/** Returns what the search finds on a machine with the given symbolic links. */
function search(node: string, cli: string, searchPath: string, links: Links = {}): LaunchSearch {
  const realPath = (path: string): string | null => {
    const from = Object.keys(links).find((link) => path === link || path.startsWith(`${link}/`));
    if (from !== undefined) return realPath(path.replace(from, links[from] ?? ''));
    return path === node || path === cli ? path : null;
  };
  return { node, cli, calledAs: cli, searchPath, realPath };
}

const NPM = 'lib/node_modules/healer/dist/cli.js';
const USR_CLI = `/usr/${NPM}`;

describe('the path of Node', () => {
  test.each<[string, node: string, searchPath: string, links: Links, expected: string]>([
    ['of a package', '/usr/bin/node', '/usr/bin', {}, '/usr/bin/node'],
    ['of n, which copies it', '/usr/local/bin/node', '/usr/local/bin', {}, '/usr/local/bin/node'],
    [
      'of Homebrew is the link',
      '/opt/homebrew/Cellar/node/22.1.0/bin/node',
      '/opt/homebrew/bin',
      { '/opt/homebrew/bin/node': '/opt/homebrew/Cellar/node/22.1.0/bin/node' },
      '/opt/homebrew/bin/node',
    ],
    [
      'of an unpacked archive is the link on PATH',
      '/opt/node-v22.1.0-linux-x64/bin/node',
      '/usr/bin:/usr/local/bin',
      { '/usr/local/bin/node': '/opt/node-v22.1.0-linux-x64/bin/node' },
      '/usr/local/bin/node',
    ],
    [
      'of fnm is not that of a shell, but of the default alias',
      '/home/a/.local/share/fnm/node-versions/v22.1.0/installation/bin/node',
      '/run/user/1/fnm_multishells/1_2/bin',
      {
        '/run/user/1/fnm_multishells/1_2': '/home/a/.local/share/fnm/node-versions/v22.1.0/installation',
        '/home/a/.local/share/fnm/aliases/default': '/home/a/.local/share/fnm/node-versions/v22.1.0/installation',
      },
      '/home/a/.local/share/fnm/aliases/default/bin/node',
    ],
    [
      'of nvm is the current one, if there is such a link',
      '/home/a/.nvm/versions/node/v22.1.0/bin/node',
      '/home/a/.nvm/versions/node/v22.1.0/bin',
      { '/home/a/.nvm/current': '/home/a/.nvm/versions/node/v22.1.0' },
      '/home/a/.nvm/current/bin/node',
    ],
    [
      'of snap is the current revision',
      '/snap/node/9431/bin/node',
      '/snap/bin',
      { '/snap/node/current': '/snap/node/9431' },
      '/snap/node/current/bin/node',
    ],
    [
      'of Nix is that of the profile',
      '/nix/store/abc-nodejs-22.1.0/bin/node',
      '/home/a/.nix-profile/bin',
      { '/home/a/.nix-profile/bin/node': '/nix/store/abc-nodejs-22.1.0/bin/node' },
      '/home/a/.nix-profile/bin/node',
    ],
  ])('%s', (_what, node, searchPath, links, expected) => {
    expect(launchOf(search(node, USR_CLI, searchPath, links))).toMatchObject({ node: expected, versions: null });
  });

  test.each([
    ['nvm', '/home/a/.nvm/versions/node/v22.1.0', 'bin/node', NPM],
    [
      'volta',
      '/home/a/.volta/tools/image/node/22.1.0',
      'bin/node',
      `/home/a/.volta/tools/image/packages/healer/${NPM}`,
    ],
    ['asdf', '/home/a/.asdf/installs/nodejs/22.1.0', 'bin/node', NPM],
    ['mise', '/home/a/.local/share/mise/installs/node/22.1.0', 'bin/node', NPM],
    ['nodenv', '/home/a/.nodenv/versions/22.1.0', 'bin/node', NPM],
    ['fnm without a default', '/home/a/.fnm/node-versions/v22.1.0', 'installation/bin/node', `installation/${NPM}`],
  ])('of %s is found again among the versions', (_what, version, node, cli) => {
    const path = cli.startsWith('/') ? cli : `${version}/${cli}`;
    expect(launchOf(search(`${version}/${node}`, path, `${version}/bin`)).versions).toEqual({
      ...{ folder: dirname(version), current: version.split('/').at(-1), node, cli },
    });
  });
});

describe('the path of healer', () => {
  test('with pnpm has no version of healer', () => {
    const global = '/home/a/.local/share/pnpm/global/5';
    const real = `${global}/.pnpm/healer@0.1.0_koffi@3.3.4/node_modules/healer/dist/cli.js`;
    const links = { [`${global}/node_modules/healer`]: dirname(dirname(real)) };
    expect(launchOf(search('/usr/bin/node', real, '/usr/bin', links)).cli).toBe(
      `${global}/node_modules/healer/dist/cli.js`,
    );
  });

  test.each([
    ['/home/a/.npm/_npx/1234/node_modules/healer/dist/cli.js', true],
    ['/home/a/.cache/pnpm/dlx-77/node_modules/healer/dist/cli.js', true],
    [USR_CLI, false],
  ])('%s is in a cache: %s', (cli, expected) => {
    expect(isInCache(cli)).toBe(expected);
  });
});

describe('the search among the versions', () => {
  const base = join(folder, 'odd $HOME %h "versions"');
  const SHOW = '#!/bin/sh\nprintf "%s|" "$0" "$@"; printf "\\n%s\\n" "${PATH%%:*}"\n';

  function install(version: string, withHealer: boolean): void {
    const bin = join(base, version, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'node'), SHOW);
    chmodSync(join(bin, 'node'), 0o755);
    if (!withHealer) return;
    mkdirSync(dirname(join(base, version, NPM)), { recursive: true });
    writeFileSync(join(base, version, NPM), '');
  }

  function started(): { readonly status: number | null; readonly lines: readonly string[]; readonly stderr: string } {
    const versions = { folder: base, current: 'v20.19.0', node: 'bin/node', cli: NPM };
    const [file = '', ...args] = launchWords({ node: '', cli: '', versions }, ['--a=1', '--b=2'], ['up', 'x y']);
    const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
    return { status, lines: stdout.split('\n'), stderr };
  }

  test('uses the version in use, then the newest one with healer, and says so if there is none', () => {
    install('v8.17.0', false);
    install('v20.19.0', true);
    install('v22.1.0', true);
    install('v24.0.0', false);
    const wordsFrom = (version: string): string =>
      [join(base, version, 'bin/node'), '--a=1', '--b=2', join(base, version, NPM), 'up', 'x y', ''].join('|');
    expect(started().lines.slice(0, 2)).toEqual([wordsFrom('v20.19.0'), join(base, 'v20.19.0/bin')]);
    rmSync(join(base, 'v20.19.0'), { recursive: true });
    expect(started().lines[0]).toBe(wordsFrom('v22.1.0'));
    install('v100.2.0', true);
    expect(started().lines[0]).toBe(wordsFrom('v100.2.0'));
    rmSync(join(base, 'v100.2.0'), { recursive: true });
    rmSync(join(base, 'v22.1.0'), { recursive: true });
    expect(started()).toMatchObject({
      status: 127,
      stderr: expect.stringContaining('no version of Node in') as string,
    });
  });
});

test('a link that leads nowhere is not used', () => {
  symlinkSync(join(folder, 'gone'), join(folder, 'node'));
  const found = launchOf({ ...search('/opt/node-v22.1.0/bin/node', USR_CLI, folder), realPath: () => null });
  expect(found.node).toBe('/opt/node-v22.1.0/bin/node');
});
