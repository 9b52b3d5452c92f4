import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { knownToolFolders, toolFolderOf } from '../../src/base/tool-folders.ts';

let folder: string;

function put(path: string): string {
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, '');
  return place;
}

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'healer-tools-')));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a program lies in a folder with tools', () => {
  test.each([
    '/usr/bin/x',
    '/bin/x',
    '/sbin/x',
    '/usr/local/sbin/x',
    '/usr/lib/git-core/x',
    '/snap/bin/x',
    '/nix/store/a-b/bin/x',
  ])('if it is a program of the system: %s', (path) => {
    expect(toolFolderOf(path, [])).toBe(`the system folder "${dirname(path)}"`);
  });

  test.each(['/opt/app/server', '/srv/x', '/usrlocal/x', '/home/me/app/server', '/opt/bin.d/x', '/x'])(
    'but not elsewhere: %s',
    (path) => {
      expect(toolFolderOf(path, ['/usr/bin:/bin'])).toBeNull();
    },
  );

  test('if its folder is on any of the given paths, also by a symbolic link', () => {
    const app = put('tools/app');
    symlinkSync(join(folder, 'tools'), join(folder, 'link'));
    expect(toolFolderOf(app, ['/usr/bin', `relative:${join(folder, 'tools')}/`])).toMatch(/which is on PATH/);
    expect(toolFolderOf(app, [join(folder, 'link')])).toMatch(/which is on PATH/);
    expect(toolFolderOf(app, [folder])).toBeNull();
    expect(knownToolFolders([join(folder, 'link')])).toContain(join(folder, 'tools'));
  });

  test.each([
    ['venv/pyvenv.cfg', 'venv/bin/gunicorn', 'virtual environment'],
    ['venv/pyvenv.cfg', 'venv/lib/python3/x/bin/tool', 'virtual environment'],
    ['conda/conda-meta/history', 'conda/bin/celery', 'conda environment'],
    ['rbenv/shims/ruby', 'rbenv/versions/3.3/bin/puma', 'version manager'],
    ['app/package.json', 'app/node_modules/.bin/vite', 'package folder'],
    ['app/package.json', 'app/node_modules/vite/bin/vite.js', 'package folder'],
    ['asdf/x', 'asdf/shims/npm', 'package folder'],
    ['home/x', 'home/.local/bin/uwsgi', 'package folder'],
    ['home/x', 'home/.nvm/versions/node/v20/bin/pm2', 'package folder'],
    ['app/composer.json', 'app/vendor/bin/phpunit', 'package folder'],
    ['node-20/bin/node', 'node-20/bin/serve', 'language runtime'],
    ['tools/bin/python3', 'tools/bin/anything', 'language runtime'],
  ])('if %s exists: %s', (marker, program, expected) => {
    put(marker);
    expect(toolFolderOf(put(program), [])).toContain(expected);
  });

  test('but not because of an interpreter beside it in a folder of any other name, or an empty bin folder', () => {
    put('app/node');
    expect(toolFolderOf(put('app/server'), [])).toBeNull();
    expect(toolFolderOf(put('other/bin/server'), [])).toBeNull();
  });
});
